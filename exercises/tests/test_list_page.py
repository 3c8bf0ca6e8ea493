"""The admin's list of exercises."""

import re
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest
from bson import ObjectId
from django.contrib.auth.models import Permission

from accounts.tests.factories import UserFactory
from exercises import references, services, uses
from exercises.curating import admin as list_admin
from exercises.curating import uses as counting
from exercises.models import Exercise
from exercises.tests.factories import ExerciseFactory, some_operation
from history.models import SessionEntry
from history.tests.factories import SessionFactory
from routines.models import RoutineEntry
from routines.tests.factories import RoutineFactory, embedded

LIST = "/admin/exercises/exercise/"
USES = f"{LIST}uses/"

pytestmark = pytest.mark.django_db


@pytest.fixture
def names(curator):
    """The names on a page, in order."""

    def on(**query):
        page = curator.get(LIST, query)
        assert page.status_code == 200
        return [row.exercise["name"] for row in page.context["rows"]]

    return on


@pytest.fixture
def counts(curator):
    """The values that a filter offers, with their counts."""

    def of(facet, **query):
        filters = {each.name: each for each in curator.get(LIST, query).context["filters"]}
        return {option.value: option.count for option in filters[facet].options}

    return of


def test_a_row_shows_what_curators_look_for(curator):
    ExerciseFactory(
        name="Bench Press",
        gif_url="https://example.com/bench.gif",
        equipment="barbell",
        level="beginner",
        primary_muscles=["chest"],
        secondary_muscles=["triceps"],
        updated_at=datetime(2026, 11, 29, 19, 22, tzinfo=UTC),
    )

    page = curator.get(LIST).content.decode()

    text = " ".join(re.sub(r"<[^>]*>", " ", page).split())
    assert "Bench Press chest also triceps barbell beginner 29 Nov 2026, 19:22 UTC" in text
    (picture,) = re.findall(r"<img src=\"https://example.com.*?>", page)
    assert 'alt="Picture of Bench Press"' in picture
    assert 'loading="lazy"' in picture
    assert 'referrerpolicy="no-referrer"' in picture


def test_only_archived_exercises_are_marked(curator, bench_press):
    ExerciseFactory(name="Row", is_archived=True)

    page = curator.get(LIST).content.decode()

    assert re.findall(r">(\w+)</a> <span class=\"badge\">archived", page) == ["Row"]


def test_an_exercise_that_another_program_stored_has_a_row(names):
    Exercise.objects.documents.collection.insert_one({"name": "Row"})

    assert names(order="changed") == ["Row"]


def test_the_list_is_sorted_by_name(names):
    for name in ("squat", "Übung", "Row"):
        ExerciseFactory(name=name)

    assert names() == ["Row", "squat", "Übung"]


def test_the_last_changed_comes_first_on_request(names, bench_press):
    ExerciseFactory(name="Row")
    services.change_exercise(some_operation(), bench_press.pk, {"level": "expert"})
    ExerciseFactory(name="Squat", updated_at=datetime(2020, 1, 1, tzinfo=UTC))

    assert names(order="changed") == ["Bench Press", "Row", "Squat"]


def test_a_search_finds_as_for_clients_and_the_best_match_comes_first(names):
    for name in ("Pull-Up", "Assisted Pull Up", "Push-Up"):
        ExerciseFactory(name=name)

    assert names(q="pull ups") == ["Pull-Up", "Assisted Pull Up"]
    assert names(q="pullup") == ["Pull-Up", "Assisted Pull Up"]
    assert names(q="pullup", order="name") == ["Assisted Pull Up", "Pull-Up"]


def test_a_search_that_is_begun_on_the_whole_list_shows_the_best_match_first_too(curator):
    page = curator.get(LIST).content.decode()

    assert '<option value="">by name</option>' in page
    assert '<option value="name"' not in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"category": "STRENGTH"}, ["Press", "Squat"]),
        ({"muscle": "chest"}, ["Press"]),
        ({"category": "strength", "level": "expert"}, ["Squat"]),
        ({"archived": "no"}, ["Press", "Run"]),
        ({"archived": "yes"}, ["Squat"]),
        ({"description": "none"}, ["Run"]),
        ({"picture": "none"}, ["Run", "Squat"]),
        ({"muscles": "none"}, ["Run", "Squat"]),
        ({"muscles": "none", "archived": "yes"}, ["Squat"]),
        ({"q": "press", "level": "expert"}, []),
        ({"level": ""}, ["Press", "Run", "Squat"]),
    ],
)
def test_filters_can_be_combined(names, query, found):
    ExerciseFactory(
        name="Press", category="strength", primary_muscles=["chest"], gif_url="https://a.example/b"
    )
    ExerciseFactory(name="Squat", category="Strength", level="expert", is_archived=True)
    ExerciseFactory(name="Run", description="")

    assert names(**query) == found


def test_each_filter_says_how_many_exercises_it_leaves(counts):
    ExerciseFactory(level="expert", is_archived=True)
    ExerciseFactory(level="expert", description="")
    ExerciseFactory(level="beginner", primary_muscles=["chest"])

    assert counts("level", archived="no") == {"beginner": 1, "expert": 1}
    assert counts("archived", level="expert") == {"no": 1, "yes": 1}
    assert counts("description", level="expert") == {"none": 1}
    assert counts("muscles") == {"none": 2}
    assert counts("picture") == {"none": 3}


def test_a_value_that_no_exercise_has_is_offered_while_it_is_chosen(counts, bench_press):
    assert counts("level") == {}
    assert counts("level", level="expert") == {"expert": 0}
    assert counts("archived") == {"no": 1, "yes": 0}


def test_a_filter_is_removed_by_itself(curator, bench_press):
    query = {"q": "press", "level": "expert", "picture": "none", "page": "1"}

    page = curator.get(LIST, query)

    in_use = {each.in_use: each.removal for each in page.context["filters"] if each.removal}
    assert in_use == {
        "Level: expert": "?q=press&picture=none",
        "No picture": "?q=press&level=expert",
    }
    assert 'href="?level=expert&amp;picture=none">Search: press' in page.content.decode()


def test_a_list_without_exercises_leads_back_to_all(curator, bench_press):
    page = curator.get(LIST, {"q": "nonsense"}).content.decode()

    assert "No exercise matches." in page
    assert '<a href="?">Show all exercises</a>' in page


def test_what_is_searched_for_is_text(curator):
    page = curator.get(LIST, {"q": "<b>", "level": "<i>"}).content.decode()

    assert "Search: &lt;b&gt;" in page
    assert "Level: &lt;i&gt;" in page


class TestPages:
    @pytest.fixture(autouse=True)
    def _five_exercises(self, monkeypatch):
        monkeypatch.setattr(list_admin, "PER_PAGE", 2)
        for number in range(5):
            ExerciseFactory(name=f"Exercise {number}", level="expert")

    def test_the_list_is_in_pages(self, names):
        assert names() == ["Exercise 0", "Exercise 1"]
        assert names(page="3") == ["Exercise 4"]

    def test_the_pages_of_a_filtered_list_are_filtered(self, curator):
        page = curator.get(LIST, {"level": "expert", "page": "2"})

        assert page.context["previous"] == "?level=expert&page=1"
        assert page.context["next"] == "?level=expert&page=3"
        assert [number for number, _ in page.context["links"]] == [1, 2, 3]
        assert '<strong aria-current="page">2</strong>' in page.content.decode()

    @pytest.mark.parametrize(
        ("page", "first"), [("0", "Exercise 4"), ("99", "Exercise 4"), ("x", "Exercise 0")]
    )
    def test_a_page_that_there_is_not_is_the_nearest(self, names, page, first):
        assert names(page=page)[0] == first


def test_a_page_takes_few_queries_however_many_exercises_there_are(curator, command_log):
    for _ in range(30):
        ExerciseFactory()
    curator.get(LIST)
    command_log.clear()

    curator.get(LIST, {"q": "exercise", "archived": "no"})

    assert {body.get("find") for _, body in command_log} <= {None, "catalogue"}
    assert len(command_log) < 10


def test_an_exercise_leads_back_to_the_filtered_list(curator, bench_press):
    page = curator.get(LIST, {"q": "press", "archived": "no"}).content.decode()
    (link,) = re.findall(r'href="([^"]*/change/[^"]*)"', page)

    form = curator.get(link.replace("&amp;", "&")).context["adminform"].form
    typed = {name: form.initial.get(name) or "" for name in form.fields}
    muscles = {"primary_muscles": "", "secondary_muscles": ""}
    response = curator.post(link, {**typed, **muscles, "is_archived": ""})

    assert parse_qs(urlsplit(response["Location"]).query) == {"q": ["press"], "archived": ["no"]}


class TestUses:
    """The page asks for them once it is shown."""

    def test_they_are_counted(self, curator, ann, bench_press):
        RoutineFactory(user=ann, exercises=[embedded(RoutineEntry, bench_press)])
        row = ExerciseFactory(name="Row")

        counted = curator.get(USES, {"id": [bench_press.pk, row.pk]}).json()

        assert counted == {str(bench_press.pk): "1 routine", str(row.pk): "nothing"}

    def test_no_more_are_counted_than_anybody_needs_to_know(
        self, curator, ann, bench_press, monkeypatch
    ):
        monkeypatch.setattr(references, "MANY", 2)
        monkeypatch.setattr(uses, "MANY", 2)
        for _ in range(3):
            SessionFactory(user=ann, exercises=[embedded(SessionEntry, bench_press)])

        counted = curator.get(USES, {"id": bench_press.pk}).json()

        assert counted == {str(bench_press.pk): "2+ sessions"}

    def test_what_there_is_no_time_for_is_left_to_the_next_request(self, curator, monkeypatch):
        monkeypatch.setattr(counting, "SECONDS", 0)
        ids = [str(ExerciseFactory().pk) for _ in range(3)]

        assert list(curator.get(USES, {"id": ids}).json()) == ids[:1]
        assert list(curator.get(USES, {"id": ids[1:]}).json()) == ids[1:2]

    def test_ids_that_are_none_are_left_out(self, curator):
        unknown = str(ObjectId())

        assert curator.get(USES, {"id": ["nonsense", unknown]}).json() == {unknown: "nothing"}

    def test_without_the_script_the_page_says_nothing_of_them(self, curator, bench_press):
        page = curator.get(LIST).content.decode()

        cells = re.findall(r"<t[hd][^>]* class=\"uses\"[^>]*>", page)
        assert len(cells) == 2
        assert all(" hidden" in cell for cell in cells)


class TestPermissions:
    @pytest.fixture
    def permitted(self, client):
        """A member of staff who may do only this to exercises."""

        def permit(*codenames):
            user = UserFactory(is_staff=True)
            user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
            client.force_login(user)
            return client

        return permit

    @pytest.mark.parametrize("path", [LIST, USES])
    def test_without_the_permission_to_view_it_is_refused(self, permitted, path):
        assert permitted("view_group").get(path).status_code == 403
        assert permitted("view_exercise").get(path).status_code == 200

    def test_a_visitor_signs_in_first(self, client):
        assert client.get(USES).status_code == 302

    def test_who_may_only_view_is_offered_nothing_else(self, permitted, bench_press):
        page = permitted("view_exercise").get(LIST).content.decode()

        assert "_selected_action" not in page
        assert "Add exercise" not in page

    def test_who_may_only_view_acts_in_vain(self, permitted, bench_press):
        body = {"action": "archive", "_selected_action": bench_press.pk, "post": "yes"}

        permitted("view_exercise").post(LIST, body)

        assert not Exercise.objects.get().is_archived


class TestWholeLists:
    """An action on all exercises of a list, beyond the page."""

    def act(self, client, path, action, **typed):
        body = {"action": action, "select_across": "1", **typed}
        return client.post(path, body, follow=True).content.decode()

    def test_it_is_for_what_the_address_says(self, curator):
        ExerciseFactory(name="Bench Press", description="")
        ExerciseFactory(name="Leg Press")
        ExerciseFactory(name="Row", description="")

        self.act(curator, f"{LIST}?q=press&description=none", "archive", post="yes")

        (archived,) = Exercise.objects.filter(is_archived=True)
        assert archived.name == "Bench Press"

    def test_the_page_that_asks_remembers_the_list_and_not_its_exercises(self, curator):
        for _ in range(5):
            ExerciseFactory(level="easy")

        page = self.act(curator, f"{LIST}?level=easy", "archive")

        assert "Archive 5 exercises?" in page
        assert 'name="select_across" value="1"' in page
        assert page.count('name="_selected_action"') <= 1
        assert f'href="{LIST}?level=easy" class="closelink"' in page

    def test_more_than_can_be_deleted_in_time_are_not_deleted(self, curator, monkeypatch):
        monkeypatch.setattr(list_admin, "MAX_DELETED", 2)
        for _ in range(3):
            ExerciseFactory()

        page = self.act(curator, LIST, "delete_selected", post="yes")

        assert "can be deleted at once. Nothing was deleted." in page
        assert Exercise.objects.count() == 3

    def test_all_of_a_short_list_are_deleted_after_a_question(self, curator, bench_press):
        ExerciseFactory(level="easy")
        path = f"{LIST}?level=easy"
        assert "Delete 1 exercise? Nothing uses it." in self.act(curator, path, "delete_selected")

        self.act(curator, path, "delete_selected", post="yes")

        assert Exercise.objects.get() == bench_press


def test_a_filter_that_there_is_not_is_refused(curator, bench_press):
    path, body = f"{LIST}?colour=blue", {"action": "archive", "select_across": "1", "post": "yes"}

    assert curator.get(path).status_code == 400
    assert curator.post(path, body).status_code == 400
    assert not Exercise.objects.get().is_archived


def test_an_action_on_nothing_says_so(curator, bench_press):
    page = curator.post(LIST, {"action": "archive", "index": "0"}, follow=True).content.decode()

    assert "Items must be selected" in page
