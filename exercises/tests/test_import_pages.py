"""The admin's pages for importing exercises."""

import json

import pytest
from bson import ObjectId
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.tests.factories import UserFactory
from exercises import services
from exercises.audit import undo as undoing
from exercises.audit.operations import Kind, Operation
from exercises.deletions import delete_exercise
from exercises.importing import preview_page, result_page
from exercises.importing.forms import BOTH, NEITHER, TOO_LARGE
from exercises.importing.stored import start_import
from exercises.models import CatalogueImport, CatalogueImportPart, Exercise
from exercises.tests.factories import ExerciseFactory
from exercises.tests.form_pages import fields_of, text_of
from fitness_project.tasks import queue
from fitness_project.tasks.worker import run_due

LIST = "/admin/exercises/exercise/"
IMPORT = f"{LIST}import/"
LOG = "/admin/exercises/catalogueoperation/"
SQUAT = {"name": "Squat", "level": "expert", "category": "strength"}
ROW = {"name": "Row", "equipment": "cable", "primaryMuscles": ["back", "biceps"]}
LANGUAGES = "name,language\r\nKniebeuge,de\r\nSquat,en\r\nRudern,de\r\n"

pytestmark = pytest.mark.django_db


@pytest.fixture
def squat():
    return ExerciseFactory(name="Squat", level="beginner", category="legs")


def upload(client, *rows):
    """The page to which the upload leads."""
    content = json.dumps(rows, indent=1).encode()
    file = SimpleUploadedFile("rows.json", content)
    return client.post(IMPORT, {"file": file, "text": ""}, follow=True)


def send(client, page, button="confirm", **changes):
    """Sends the preview's form as it is, with some changes."""
    fields = {**fields_of(page, "import-preview"), button: "", **changes}
    return client.post(page.request["PATH_INFO"], fields, follow=True)


def finish(client, page):
    """The result's page, once the task is done."""
    run_due()
    return client.get(page.request["PATH_INFO"])


def counts_of(page):
    return text_of(page).partition("rejected")[0]


def level_and_category(exercise):
    exercise.refresh_from_db()
    return exercise.level, exercise.category


def change_by_hand(user, exercise, **fields):
    services.change_exercise(Operation(Kind.FORM, user.pk), exercise.pk, fields)


class TestUpload:
    def test_the_list_leads_to_it(self, curator):
        assert f'href="{IMPORT}"' in curator.get(LIST).content.decode()

    def test_a_file_leads_to_its_preview(self, curator, squat):
        page = upload(curator, SQUAT, ROW)

        text = text_of(page)
        assert "Import: rows.json" in text
        assert "1 new 1 changed 0 unchanged 0 rejected" in text

    def test_text_can_be_pasted(self, curator):
        page = curator.post(IMPORT, {"text": "name\tlevel\r\nSquat\texpert\r\n"}, follow=True)

        assert "Import: Pasted text" in text_of(page)
        assert "Squat line 2 Level expert" in text_of(page)

    @pytest.mark.parametrize(
        ("sent", "told"),
        [
            ({"text": " \r\n"}, NEITHER),
            ({"text": "name\r\nSquat", "file": SimpleUploadedFile("a.csv", b"name")}, BOTH),
            ({"file": SimpleUploadedFile("a.csv", bytes(16 * 2**20 + 1))}, TOO_LARGE),
            ({"text": "Squat"}, "one of them `name`"),
            ({"text": '[{"name": "Squat"'}, "not valid JSON at line 1"),
        ],
        ids=["nothing", "both", "too large", "no header", "no JSON"],
    )
    def test_what_is_wrong_is_told(self, curator, sent, told):
        response = curator.post(IMPORT, sent)

        assert response.status_code == 200
        assert told in text_of(response)
        assert not CatalogueImport.objects.exists()

    def test_recent_imports_can_be_found_again(self, curator, ben):
        path = upload(curator, ROW).request["PATH_INFO"]

        page = curator.get(IMPORT)

        assert f'href="{path}"' in page.content.decode()
        assert "rows.json Not confirmed" in text_of(page)
        assert ben.email in text_of(page)


class TestPreview:
    def test_it_shows_what_would_be_added(self, curator):
        text = text_of(upload(curator, ROW))

        assert "Row line 2 Equipment cable Primary muscles back, biceps" in text

    def test_it_shows_what_would_change_field_by_field(self, curator, squat):
        text = text_of(upload(curator, SQUAT))

        assert "Category of Squat legs strength" in text
        assert "Level of Squat beginner expert" in text

    def test_headings_have_counts(self, curator, squat):
        text = text_of(upload(curator, SQUAT, ROW, {"name": "Run"}, {"name": ""}))

        assert "Changed (1)" in text
        assert "New (2)" in text
        assert "Rejected (1)" in text

    def test_it_shows_what_is_rejected_and_what_is_not_kept(self, curator):
        text = text_of(upload(curator, {**ROW, "level": "x" * 61}, {**SQUAT, "force": "push"}))

        assert "Line 2 Row Level: " in text
        assert "force (in 1 row)" in text

    @pytest.mark.parametrize(
        ("text", "is_told"),
        [
            ("Name;Beschreibung;Gerät\nRudern;Im Sitzen;Seilzug", True),
            ("Name;Level;Gerät\nRudern;expert;Seilzug", False),
            ("Name\nRudern", False),
        ],
    )
    def test_it_warns_when_only_names_were_recognised(self, curator, text, is_told):
        page = text_of(curator.post(IMPORT, {"text": text}, follow=True))

        told = "Only the names were recognised. The columns that can be used are name , description"
        assert (told in page) is is_told
        assert ("These can’t: Beschreibung (in 1 row), Gerät (in 1 row)." in page) is is_told

    def test_it_shows_which_values_are_new_to_the_catalogue(self, curator, squat):
        rows = [{**ROW, "level": "Beginner"}, {**SQUAT, "level": "begginer", "category": "LEGS"}]
        page = upload(curator, *rows)

        assert "Equipment: cable (1) Levels: begginer (1) Muscles: back (1), biceps (1)" in (
            text_of(page)
        )
        assert "begginer (1)" not in text_of(send(curator, page, "show", change=[]))

    def test_nothing_changes_before_it_is_confirmed(self, curator, squat):
        page = upload(curator, SQUAT, ROW)
        send(curator, page, "show", choice="ticked")
        run_due()

        assert level_and_category(squat) == ("beginner", "legs")
        assert Exercise.objects.count() == 1

    def test_a_change_by_hand_is_not_ticked_and_says_whose_it_is(self, curator, ben, squat):
        change_by_hand(ben, squat, level="novice")

        page = upload(curator, SQUAT)

        assert "Would undo what ben@example.com did on" in text_of(page)
        assert fields_of(page, "import-preview")["change"] == ["1.category"]

    def test_an_empty_value_is_not_ticked_and_marked(self, curator, squat):
        table = "name,level,category\r\nSquat,,strength\r\n"
        page = curator.post(IMPORT, {"text": table}, follow=True)

        assert "Level of Squat beginner — Would empty the field" in text_of(page)
        assert fields_of(page, "import-preview")["change"] == ["1.category"]

    def test_what_was_deleted_by_hand_is_not_ticked_and_says_who_deleted_it(
        self, curator, ben, squat
    ):
        delete_exercise(Operation(Kind.FORM, ben.pk), squat.pk)

        page = upload(curator, SQUAT)

        assert "0 new 0 changed 1 deleted by hand" in text_of(page)
        assert "Would bring back what ben@example.com deleted on" in text_of(page)
        assert "Name of Squat — Squat Category — strength Level — expert" in text_of(page)
        assert 'value="1.name"' in page.content.decode()
        assert page.content.decode().count('name="confirm"') == 2  # Above the list and below it.
        assert "change" not in fields_of(page, "import-preview")

    def test_a_long_description_is_folded(self, curator):
        long = "Keep your back straight. " * 20

        page = upload(curator, {**ROW, "description": long})

        assert f"</summary>{long.strip()}</details>" in page.content.decode()
        assert page.content.decode().count("long-value") == 1

    def test_text_of_a_file_is_not_markup(self, curator):
        page = upload(curator, {"name": "<b>Squat</b>", "<i>x</i>": 1})

        assert b"<b>Squat" not in page.content
        assert b"<i>x" not in page.content

    def test_long_lists_are_paged(self, curator, monkeypatch):
        monkeypatch.setattr(preview_page, "PER_PAGE", 2)
        page = upload(curator, *({"name": f"Exercise {n}"} for n in range(5)))
        assert "Exercise 2" not in text_of(page)

        second = send(curator, page, "show", new_page="2")

        assert "Exercise 2 line" in text_of(second)
        assert "Page 2 of 3" in text_of(second)

    def test_a_full_page_has_no_more_fields_than_django_takes(self, curator):
        everything = {"level": "a", "category": "b", "equipment": "c", "description": "d"}
        everything |= {"primaryMuscles": ["e"], "secondaryMuscles": ["f"], "attribution": "g"}
        everything |= {"defaultSets": 1, "defaultReps": 2, "gifUrl": "https://example.com/h.gif"}
        names = [ExerciseFactory().name for _ in range(preview_page.PER_PAGE)]
        page = upload(
            curator, *({"name": name, "isArchived": True, **everything} for name in names)
        )

        again = send(curator, page, "show")

        assert again.status_code == 200
        assert len(fields_of(again, "import-preview")["change"]) == 11 * preview_page.PER_PAGE

    def test_ticks_are_kept_from_page_to_page(self, curator, squat, monkeypatch):
        monkeypatch.setattr(preview_page, "PER_PAGE", 1)
        row = ExerciseFactory(name="Row")
        page = upload(curator, SQUAT, ROW)

        second = send(curator, page, "show", change=["1.level"], changed_page="2")
        send(curator, second, choice="ticked", change=["2.equipment"])
        run_due()

        row.refresh_from_db()
        assert level_and_category(squat) == ("expert", "legs")
        assert (row.equipment, row.primary_muscles) == ("cable", [])

    @pytest.mark.parametrize(
        ("before", "put", "bulk", "after"),
        [
            (["1.category", "1.level", "2.level"], "untick", "all", []),
            (["1.category", "1.level", "2.level"], "untick", "level", ["1.category"]),
            (["1.category", "1.level"], "untick", "doubtful", ["1.category"]),
            ([], "tick", "all", ["1.category", "2.level"]),
            ([], "tick", "level", ["2.level"]),
            (["2.level"], "tick", "doubtful", ["1.level", "2.level"]),
        ],
    )
    def test_many_are_ticked_and_unticked_at_once(
        self, curator, ben, squat, before, put, bulk, after
    ):
        change_by_hand(ben, squat, level="novice")
        ExerciseFactory(name="Row")
        page = upload(curator, SQUAT, {"name": "Row", "level": "expert"})

        page = send(curator, page, "show", change=before, put=put, bulk=bulk)

        assert sorted(fields_of(page, "import-preview").get("change", [])) == after

    @pytest.mark.parametrize("put", ["tick", "untick"])
    def test_a_button_that_ticks_chooses_the_ticked_changes(self, curator, squat, put):
        page = upload(curator, SQUAT, ROW)
        assert fields_of(page, "import-preview")["choice"] == "new"

        page = send(curator, page, "show", put=put, bulk="level")

        assert fields_of(page, "import-preview")["choice"] == "ticked"

    def test_the_file_can_be_read_in_another_encoding(self, curator):
        page = curator.post(IMPORT, {"text": "name\nRudergerät\n"}, follow=True)

        path = f"{page.request['PATH_INFO']}reading/"
        again = curator.post(path, {"encoding": "windows-1252"}, follow=True)

        assert "Rudergerät line 2" in text_of(page)
        assert "RudergerÃ¤t line 2" in text_of(again)

    def test_a_reading_that_fails_leaves_the_one_before_and_says_so(self, curator):
        page = curator.post(IMPORT, {"text": "name\nRow\n"}, follow=True)

        path = f"{page.request['PATH_INFO']}reading/"
        failed = text_of(curator.post(path, {"encoding": "utf-16"}))

        assert "still shows, and imports, what was read before: CSV, utf-8." in failed
        assert "1 new" in failed

    def test_the_language_is_asked_for(self, curator):
        asked = curator.post(IMPORT, {"text": LANGUAGES}, follow=True)
        assert "German (de) (2 exercises)" in text_of(asked)
        assert 'name="confirm"' not in asked.content.decode()

        path = f"{asked.request['PATH_INFO']}reading/"
        page = curator.post(path, {"language": "de"}, follow=True)

        assert "2 new" in text_of(page)
        assert "Kniebeuge line 2" in text_of(page)

    @pytest.mark.parametrize("chosen", ["", "xx"])
    def test_a_language_must_be_chosen(self, curator, chosen):
        asked = curator.post(IMPORT, {"text": LANGUAGES}, follow=True)

        page = curator.post(f"{asked.request['PATH_INFO']}reading/", {"language": chosen})

        assert "Choose a language." in text_of(page)

    def test_keys_of_a_file_may_be_strange(self, curator):
        page = upload(curator, {**ROW, "$set": 1, "a.b": 2, "": 3})

        assert "$set (in 1 row), a.b (in 1 row)" in text_of(page)


class TestConfirming:
    def test_the_choice_says_how_much_it_imports(self, curator, squat):
        text = text_of(upload(curator, SQUAT, ROW))

        assert "Only the 1 new one The 1 new one and the changes ticked below ( 2 of 2)" in text
        assert text.index("Only the 1 new one") < text.index("Category of Squat")

    def test_without_new_ones_the_ticked_changes_are_imported_by_default(self, curator, squat):
        result = finish(curator, send(curator, upload(curator, SQUAT)))

        assert "0 added 1 changed" in text_of(result)
        assert level_and_category(squat) == ("expert", "strength")

    def test_without_changes_there_is_no_choice(self, curator):
        page = upload(curator, ROW)

        assert "“Import” adds the 1 new one." in text_of(page)
        assert "choice" not in fields_of(page, "import-preview")

    def test_only_new_ones_are_imported_by_default(self, curator, squat):
        page = send(curator, upload(curator, SQUAT, ROW))
        result = finish(curator, page)

        assert "1 added 0 changed" in text_of(result)
        assert level_and_category(squat) == ("beginner", "legs")

    def test_what_is_ticked_is_imported(self, curator, squat):
        page = upload(curator, SQUAT, ROW)

        result = finish(curator, send(curator, page, choice="ticked", change=["1.level"]))

        assert "1 added 1 changed" in text_of(result)
        assert level_and_category(squat) == ("expert", "legs")

    def test_a_second_time_there_is_nothing_to_import(self, curator):
        finish(curator, send(curator, upload(curator, ROW)))

        page = upload(curator, ROW)

        assert "0 new 0 changed 1 unchanged 0 rejected" in text_of(page)
        assert 'name="confirm"' not in page.content.decode()

    def test_a_choice_of_nothing_is_told(self, curator, squat):
        page = send(curator, upload(curator, SQUAT), change=[])

        assert "That would import nothing." in text_of(page)
        assert "Nothing has been imported yet." in text_of(page)

    def test_what_was_deleted_by_hand_comes_back_only_if_ticked(self, curator, ben, squat):
        delete_exercise(Operation(Kind.FORM, ben.pk), squat.pk)
        page = send(curator, upload(curator, SQUAT))
        assert "That would import nothing." in text_of(page)

        finish(curator, send(curator, upload(curator, SQUAT, ROW)))
        assert list(Exercise.objects.values_list("name", flat=True)) == ["Row"]

        finish(curator, send(curator, page, choice="ticked", change=["1.name"]))
        assert Exercise.objects.get(name="Squat").level == "expert"

    def test_a_second_confirmation_does_nothing(self, curator, squat):
        page = upload(curator, SQUAT, ROW)
        send(curator, page)
        finish(curator, page)

        again = send(curator, page, choice="ticked")
        run_due()

        assert "1 added 0 changed" in text_of(again)
        assert level_and_category(squat) == ("beginner", "legs")

    def test_progress_is_shown_without_scripts(self, curator):
        page = send(curator, upload(curator, ROW, SQUAT))

        assert "0 of 2 done" in text_of(page)
        assert '<meta http-equiv="refresh"' in page.content.decode()

    def test_an_import_whose_task_has_failed_says_what_to_do(self, curator, monkeypatch):
        page = send(curator, upload(curator, ROW, SQUAT))
        monkeypatch.setattr(queue, "MAX_ATTEMPTS", 1)
        with monkeypatch.context() as patch:
            patch.setattr("exercises.importing.applying._apply_part", lambda *_: 1 / 0)
            stopped = finish(curator, page)

        assert "The import has stopped: its task failed on" in text_of(stopped)
        (task,) = queue.tasks().find({"status": queue.FAILED})
        assert f"manage.py tasks retry {task['_id']}" in text_of(stopped)
        assert '<meta http-equiv="refresh"' not in stopped.content.decode()
        queue.retry(task)
        assert "2 added" in text_of(finish(curator, page))

    def test_an_import_whose_task_was_dropped_says_so(self, curator):
        page = send(curator, upload(curator, ROW, SQUAT))
        queue.tasks().delete_many({})

        assert "its task isn’t there any more" in text_of(finish(curator, page))

    def test_progress_is_shown_without_reading_the_plan_again(self, curator, monkeypatch):
        page = send(curator, upload(curator, ROW, SQUAT))
        monkeypatch.setattr("exercises.importing.admin.preview", lambda _: 1 / 0)

        again = curator.get(page.request["PATH_INFO"])

        assert "0 of 2 done" in text_of(again)


class TestCancelling:
    @pytest.mark.parametrize(
        "text",
        ["name\nRow\n", "name,level\n,x\n", LANGUAGES],
        ids=["preview", "nothing", "language"],
    )
    def test_it_removes_the_preview(self, curator, text):
        page = curator.post(IMPORT, {"text": text}, follow=True)
        assert 'name="cancel"' in page.content.decode()

        cancelled = curator.post(page.request["PATH_INFO"], {"cancel": ""}, follow=True)

        assert "Import exercises" in text_of(cancelled)
        assert "Not confirmed" not in text_of(cancelled)
        assert not CatalogueImport.objects.exists()
        assert not CatalogueImportPart.objects.exists()

    def test_it_leaves_those_of_others_and_what_is_confirmed(self, curator):
        others = start_import(b"name\nSquat\n", "a.csv", UserFactory().pk)
        confirmed = send(curator, upload(curator, ROW)).request["PATH_INFO"]

        curator.post(f"{IMPORT}{others}/", {"cancel": ""})
        curator.post(confirmed, {"cancel": ""})
        run_due()

        assert CatalogueImport.objects.count() == 2
        assert "1 added" in text_of(curator.get(confirmed))


class TestResult:
    def test_it_names_what_was_left_and_why(self, curator, ben, squat):
        page = upload(curator, SQUAT)
        change_by_hand(ben, squat, level="novice")

        result = finish(curator, send(curator, page, choice="ticked"))

        assert "Line 2 Squat, level Changed since by ben@example.com" in text_of(result)

    def test_it_names_what_was_rejected(self, curator):
        bad = {"name": "Bad", "primaryMuscles": ["back", "x" * 61]}
        result = finish(curator, send(curator, upload(curator, ROW, {"name": ""}, bad)))

        assert "Line 10 Name: " in text_of(result)
        assert "Line 13 Bad Primary muscles, entry 2: " in text_of(result)

    def test_it_shows_what_was_imported_and_leads_to_the_log(self, curator):
        page = send(curator, upload(curator, ROW))
        result = finish(curator, page)

        operation = page.request["PATH_INFO"].split("/")[-2]
        assert "Row added" in text_of(result)
        assert f'href="{LOG}{operation}/"' in result.content.decode()

    def test_the_import_can_be_undone(self, curator, squat):
        result = finish(curator, send(curator, upload(curator, SQUAT, ROW), choice="ticked"))
        undo = f"{LOG}{result.request['PATH_INFO'].split('/')[-2]}/undo/"
        assert f'href="{undo}"' in result.content.decode()

        undone = curator.post(undo, follow=True)

        assert "Undone: 2 exercises" in text_of(undone)
        assert level_and_category(squat) == ("beginner", "legs")
        result = curator.get(result.request["PATH_INFO"])
        assert "The import has been undone" in text_of(result)
        assert undo not in result.content.decode()

    def test_while_it_is_being_undone_it_says_so(self, curator, monkeypatch):
        result = finish(curator, send(curator, upload(curator, SQUAT, ROW)))
        page, operation = result.request["PATH_INFO"], result.request["PATH_INFO"].split("/")[-2]
        monkeypatch.setattr(undoing, "BATCH", 1)
        with monkeypatch.context() as patch:
            patch.setattr(undoing, "remaining_seconds", lambda most: 0.0)
            undone = curator.post(f"{LOG}{operation}/undo/", follow=True)

        assert "Undone: 1 exercise. The rest is being undone." in text_of(undone)
        assert "The import is being undone" in text_of(curator.get(page))
        assert "This is being undone" in text_of(curator.get(f"{LOG}{operation}/"))
        assert "2 added, from rows.json (being undone)" in text_of(curator.get(LOG))
        run_due()
        assert "The import has been undone" in text_of(curator.get(page))

    def test_long_lists_are_paged(self, curator, monkeypatch):
        monkeypatch.setattr(result_page, "PER_PAGE", 2)
        page = send(curator, upload(curator, ROW, *[{"name": ""}] * 5))

        result = finish(curator, page)
        second = curator.get(f"{result.request['PATH_INFO']}?rejected=2")

        assert "Line 10 Name" in text_of(result)
        assert "Line 10 Name" not in text_of(second)
        assert "Page 2 of 3" in text_of(second)


class TestPermission:
    @pytest.fixture
    def import_id(self, ben):
        return start_import(b"name\nSquat\n", "a.csv", ben.pk)

    def permit(self, client, *codes):
        user = UserFactory(is_staff=True)
        user.user_permissions.set(Permission.objects.filter(codename__in=codes))
        client.force_login(user)

    @pytest.mark.parametrize("page", ["", "{}/", "{}/reading/"])
    @pytest.mark.parametrize("method", ["get", "post"])
    def test_it_takes_a_permission_of_its_own(self, client, import_id, page, method):
        codes = [f"{action}_exercise" for action in ("view", "add", "change", "delete", "merge")]
        self.permit(client, *codes)

        response = getattr(client, method)(IMPORT + page.format(import_id), {"confirm": ""})

        assert response.status_code == 403
        assert IMPORT not in client.get(LIST).content.decode()

    def test_who_has_it_sees_the_imports_of_others(self, client, import_id):
        self.permit(client, "import_exercise")

        assert client.get(f"{IMPORT}{import_id}/").status_code == 200
        assert b"a.csv" in client.get(IMPORT).content

    def test_only_those_who_may_delete_and_change_are_offered_the_undo(self, client, import_id):
        self.permit(client, "import_exercise", "view_exercise")
        page = client.post(f"{IMPORT}{import_id}/", {"confirm": ""}, follow=True)

        result = finish(client, page)

        assert "Log" in text_of(result)
        assert "/undo/" not in result.content.decode()

    @pytest.mark.parametrize("import_id", [ObjectId(), "nonsense"])
    @pytest.mark.parametrize("page", ["", "reading/"])
    def test_an_import_that_is_gone_is_not_found(self, curator, import_id, page):
        assert curator.post(f"{IMPORT}{import_id}/{page}").status_code == 404
