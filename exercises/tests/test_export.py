"""The catalogue as a file, from the API, the admin and the command."""

import csv
import io
import json
import os
import re

import pytest
from django.contrib.auth.models import Permission
from django.core.management import CommandError, call_command

from accounts.models import User
from accounts.tests.factories import UserFactory
from conftest import client_of
from exercises.exporting import FORMATS
from exercises.models import Exercise
from exercises.tests.factories import CuratorFactory, ExerciseFactory

EXPORT = "/api/exercises/export"
ADMINS_EXPORT = "/admin/exercises/exercise/export"
LIST = "/admin/exercises/exercise/"
COLUMNS = [
    *("name", "description", "gifUrl", "defaultSets", "defaultReps", "category", "equipment"),
    *("level", "primaryMuscles", "secondaryMuscles", "isArchived", "attribution", "id"),
]

pytestmark = pytest.mark.django_db


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


@pytest.fixture
def exported(staff):
    """The names in an export by the API, in order."""

    def names(**query):
        response = staff.get(EXPORT, {"format": "json", **query})
        assert response.status_code == 200
        return [row["name"] for row in json.loads(response.getvalue())]

    return names


@pytest.fixture
def row(staff):
    """The only exercise, as CSV."""

    def row():
        (only,) = rows_of(staff.get(f"{EXPORT}?format=csv").getvalue())
        return only

    return row


@pytest.fixture
def admins(client):
    """The names in an export by the admin, in order."""
    client.force_login(CuratorFactory())

    def names(**query):
        response = client.get(f"{ADMINS_EXPORT}/csv/", query)
        return [row["name"] for row in rows_of(response.getvalue())]

    return names


def test_json_has_exercises_as_the_api_returns_them(staff):
    for name in ("squat", "Übung", "Row"):
        ExerciseFactory(name=name, primary_muscles=["quads"], default_sets=3)

    response = staff.get(f"{EXPORT}?format=json")

    assert response["Content-Type"] == "application/json"
    assert json.loads(response.getvalue()) == staff.get("/api/exercises").json()["results"]


def test_csv_has_a_column_for_each_field_that_can_be_imported_and_the_id(staff):
    exercise = ExerciseFactory(
        name="Bench Press",
        description='Lie down.\nPush, "explosively".',
        gif_url="https://example.com/bench.gif",
        default_sets=3,
        category="Strength",
        primary_muscles=["chest", "front delts"],
    )

    response = staff.get(f"{EXPORT}?format=csv")
    content = response.getvalue()

    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert content.startswith(b"\xef\xbb\xbfname,")
    assert content.endswith(b"\r\n")
    (row,) = rows_of(content)
    assert list(row) == COLUMNS
    assert {name: cell for name, cell in row.items() if cell} == {
        "name": "Bench Press",
        "description": 'Lie down.\nPush, "explosively".',
        "gifUrl": "https://example.com/bench.gif",
        "defaultSets": "3",
        "category": "Strength",
        "primaryMuscles": "chest;front delts",
        "isArchived": "false",
        "id": str(exercise.pk),
    }


@pytest.mark.parametrize(
    ("muscles", "cell"),
    [
        ([], ""),
        (["chest"], "chest"),
        (["chest; upper", "lats"], '["chest; upper","lats"]'),
        (["back, lower"], '["back, lower"]'),
        (["[chest", "lats"], '["[chest","lats"]'),
        (["-chest", "lats"], "'-chest;lats"),
    ],
)
def test_a_list_is_written_so_that_its_items_can_be_told_apart(row, muscles, cell):
    ExerciseFactory(primary_muscles=muscles)

    assert row()["primaryMuscles"] == cell


@pytest.mark.parametrize("begins", ["=", "+", "-", "@", "'=", "''@"])
def test_no_spreadsheet_takes_a_text_for_a_formula(row, begins):
    ExerciseFactory(name=f"{begins}cmd", description=f"{begins}1+1")

    assert row()["name"] == f"'{begins}cmd"
    assert row()["description"] == f"'{begins}1+1"


@pytest.mark.parametrize(
    ("text", "cell"),
    [("a;=1", "a;'=1"), ("a; '+1", "a; ''+1"), ("a\t@b", "a\t'@b"), ("a\n- b", "a\n'- b")],
)
def test_nor_where_semicolons_or_tabs_stand_between_its_cells(row, text, cell):
    ExerciseFactory(description=text)

    assert row()["description"] == cell


@pytest.mark.parametrize("text", ["'tis", "a=b", "1-2", "Push-Up"])
def test_other_texts_have_no_apostrophe_added(row, text):
    ExerciseFactory(description=text)

    assert row()["description"] == text


def test_an_exercise_that_another_program_stored_is_exported(row):
    Exercise.objects.documents.collection.insert_one({"name": "Row"})

    assert (row()["name"], row()["defaultSets"], row()["isArchived"]) == ("Row", "", "false")


@pytest.mark.parametrize("form", ["json", "csv"])
def test_an_export_without_exercises_can_be_read(staff, form):
    content = staff.get(EXPORT, {"format": form}).getvalue()

    assert (json.loads(content) if form == "json" else rows_of(content)) == []


@pytest.mark.parametrize("form", ["json", "csv"])
def test_a_file_has_a_name_with_the_date(staff, form):
    response = staff.get(EXPORT, {"format": form})

    disposition = response["Content-Disposition"]
    assert re.fullmatch(rf'attachment; filename="exercises-\d{{4}}-\d\d-\d\d\.{form}"', disposition)


def test_a_file_is_made_while_it_is_received(staff, monkeypatch):
    for _ in range(5):
        ExerciseFactory()
    monkeypatch.setattr("exercises.exporting.ROWS_PER_PART", 2)

    response = staff.get(f"{EXPORT}?format=csv")
    parts = list(response.streaming_content)

    assert response.streaming
    assert [part.count(b"\r\n") for part in parts] == [1, 2, 2, 1]


def test_the_lists_filters_choose_what_is_exported(exported):
    ExerciseFactory(name="Bench Press", equipment="Barbell", primary_muscles=["chest"])
    ExerciseFactory(name="Leg Press", equipment="machine", secondary_muscles=["calves"])
    ExerciseFactory(name="Row", equipment="barbell", is_archived=True)

    assert exported() == ["Bench Press", "Leg Press"]
    assert exported(archived="true") == ["Bench Press", "Leg Press", "Row"]
    assert exported(equipment="barbell") == ["Bench Press"]
    assert exported(muscle="calves") == ["Leg Press"]
    assert exported(search="pres") == ["Bench Press", "Leg Press"]
    assert exported(search="pres", level="expert") == []


@pytest.mark.parametrize(
    ("query", "pointer", "code"),
    [
        ("", "?format", "required"),
        ("search=press", "?format", "required"),
        ("format=xml", "?format", "invalid_choice"),
        ("format=", "?format", "invalid_choice"),
        ("format=csv&format=json", "?format", "repeated"),
        ("format=csv&ordering=name", "?ordering", "unknown"),
        ("format=csv&pageSize=5", "?pageSize", "unknown"),
        ("format=csv&archived=1", "?archived", "invalid_choice"),
    ],
)
def test_invalid_parameters_are_named(staff, query, pointer, code):
    response = staff.get(f"{EXPORT}?{query}")

    assert response.status_code == 400
    (error,) = response.json()["errors"]
    assert (error["pointer"], error["code"]) == (pointer, code)


@pytest.mark.parametrize("accept", ["*/*", "application/json", "text/csv", "text/html"])
@pytest.mark.parametrize("form", ["json", "csv"])
def test_the_parameter_alone_decides_what_is_written(staff, form, accept):
    response = staff.get(EXPORT, {"format": form}, headers={"Accept": accept})

    assert response.status_code == 200
    assert response["Content-Type"].split(";")[0].endswith(form)


def test_a_problem_is_json_even_if_only_csv_is_accepted(staff):
    response = staff.get(f"{EXPORT}?format=xml", headers={"Accept": "text/csv"})

    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"


class TestAccess:
    @pytest.fixture
    def status_with(self):
        """The status for a user with this permission."""

        def status(codename, **user):
            user = UserFactory(**user)
            user.user_permissions.add(Permission.objects.get(codename=codename))
            return client_of(User.objects.get(pk=user.pk)).get(f"{EXPORT}?format=csv").status_code

        return status

    @pytest.mark.parametrize(
        ("codename", "status"),
        [
            ("view_exercise", 200),
            ("change_exercise", 200),  # In the admin, it includes viewing.
            ("delete_exercise", 403),
            ("view_routine", 403),
        ],
    )
    def test_staff_need_the_permission_to_view_exercises(self, status_with, codename, status):
        assert status_with(codename, is_staff=True) == status

    def test_a_permission_is_nothing_to_users_who_are_not_staff(self, status_with):
        assert status_with("view_exercise") == 403

    def test_the_admin_asks_for_the_same_permission(self, client):
        client.force_login(UserFactory(is_staff=True))

        assert client.get(f"{ADMINS_EXPORT}/csv/").status_code == 403


class TestTheAdmin:
    def test_an_export_has_what_the_list_shows(self, admins):
        ExerciseFactory(name="Bench Press", description="")
        ExerciseFactory(name="Leg Press", is_archived=True)
        ExerciseFactory(name="Row", description="")

        assert admins() == ["Bench Press", "Leg Press", "Row"]
        assert admins(q="pres") == ["Leg Press", "Bench Press"]
        assert admins(archived="yes") == ["Leg Press"]
        assert admins(description="none", order="name") == ["Bench Press", "Row"]

    def test_an_unknown_filter_does_not_export_everything(self, client, admins):
        assert client.get(f"{ADMINS_EXPORT}/csv/?serach=legs").status_code == 400

    def test_another_format_is_not_found(self, client, admins):
        assert client.get(f"{ADMINS_EXPORT}/xml/").status_code == 404

    def test_the_list_links_to_exports_of_all_its_pages(self, client, admins, monkeypatch):
        monkeypatch.setattr("exercises.curating.admin.PER_PAGE", 1)
        ExerciseFactory(name="Bench Press")
        ExerciseFactory(name="Leg Press")
        ExerciseFactory(name="Row")

        page = client.get(LIST, {"q": "press", "order": "name", "page": "2"}).content.decode()

        assert "Export these 2 exercises" in page
        paths = re.findall(rf'href="({ADMINS_EXPORT}[^"]*)"', page)
        assert [path.replace("&amp;", "&") for path in paths] == [
            f"{ADMINS_EXPORT}/{form}/?q=press&order=name" for form in ("csv", "json")
        ]

    def test_a_list_of_one_says_so(self, client, admins, bench_press):
        assert "Export this exercise as" in client.get(LIST).content.decode()

    def test_an_empty_list_has_nothing_to_export(self, client, admins):
        assert ADMINS_EXPORT not in client.get(LIST).content.decode()


class TestTheCommand:
    @pytest.fixture
    def run(self):
        def run(*arguments):
            out = io.TextIOWrapper(io.BytesIO(), encoding="latin-1")
            call_command("export_exercises", *arguments, stdout=out)
            return out.buffer.getvalue().decode()

        return run

    @pytest.mark.parametrize("form", ["json", "csv"])
    def test_it_writes_what_the_api_returns(self, run, staff, bench_press, form):
        expected = staff.get(EXPORT, {"format": form}).getvalue()

        assert run("--format", form).encode() == expected

    def test_by_default_it_writes_json(self, run, bench_press):
        assert [row["name"] for row in json.loads(run())] == ["Bench Press"]

    def test_it_writes_a_file(self, run, tmp_path, bench_press):
        file = tmp_path / "exercises.csv"

        assert run("--format", "csv", "--output", str(file)) == ""
        assert [row["name"] for row in rows_of(file.read_bytes())] == ["Bench Press"]

    def test_its_options_are_the_lists_filters(self, run):
        ExerciseFactory(name="Bench Press", level="Expert", is_archived=True)
        ExerciseFactory(name="Leg Press", level="beginner")
        ExerciseFactory(name="Row", level="expert")

        def names(*arguments):
            return [row["name"] for row in json.loads(run(*arguments))]

        assert names("--archived") == ["Bench Press", "Leg Press", "Row"]
        assert names("--archived", "--level", "expert") == ["Bench Press", "Row"]
        assert names("--search", "pres") == ["Leg Press"]

    @pytest.mark.parametrize("form", ["json", "csv"])
    def test_the_terminals_encoding_does_not_matter(self, run, form):
        ExerciseFactory(name="Жим лёжа")

        assert "Жим лёжа" in run("--format", form)

    def test_whoever_reads_may_stop(self, bench_press):
        reading, writing = os.pipe()
        os.close(reading)

        with open(writing, "w") as out:
            call_command("export_exercises", stdout=out)

    def test_a_file_stays_as_it_is_until_the_new_one_is_complete(
        self, run, tmp_path, monkeypatch, bench_press
    ):
        file = tmp_path / "exercises.json"
        file.write_text("before")

        def interrupted(exercises):
            yield b"["
            raise KeyboardInterrupt

        monkeypatch.setitem(FORMATS, "json", ("application/json", interrupted))
        with pytest.raises(KeyboardInterrupt):
            run("--output", str(file))

        assert file.read_text() == "before"
        assert list(tmp_path.iterdir()) == [file]

    def test_a_device_is_written_to_and_not_replaced(self, run, tmp_path, bench_press):
        device = tmp_path / "device"
        device.symlink_to(os.devnull)

        run("--output", str(device))

        assert device.is_char_device()

    def test_a_file_that_cannot_be_written_is_named(self, run, tmp_path):
        with pytest.raises(CommandError, match="can't be written: Is a directory"):
            run("--output", str(tmp_path))
