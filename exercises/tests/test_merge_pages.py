"""The admin's page that merges exercises."""

import pytest
from django.contrib.auth import get_user
from django.contrib.auth.models import Permission
from django.contrib.messages import get_messages

from accounts.tests.factories import UserFactory
from exercises import services
from exercises.catalogue import catalogue
from exercises.merging.merge import merge_exercises
from exercises.models import CatalogueOperation, Exercise
from exercises.tests.factories import ExerciseFactory, entry, some_operation
from exercises.tests.form_pages import CHANGES, Fields, change_path, fields_of, text_of

DUPLICATES = f"{CHANGES}duplicates/"
MERGE = f"{CHANGES}merge/"

pytestmark = pytest.mark.django_db


@pytest.fixture
def presses():
    """Bench Press, which has a category but no level, and Bench Presses, which has both."""
    kept = ExerciseFactory(name="Bench Press", category="strength", primary_muscles=["chest"])
    other = ExerciseFactory(
        name="Bench Presses", category="powerlifting", level="expert", default_reps=0
    )
    return kept, other


def merge_path(*exercises, origin=""):
    ids = "&".join(f"id={exercise.pk}" for exercise in exercises)
    return f"{MERGE}?{ids}{origin and f'&from={origin}'}"


def opened(client, *exercises, **typed):
    """What a browser would send of the page that merges the exercises."""
    page = client.get(merge_path(*exercises)).content.decode()
    return {**sent(page), **typed}


def sent(page):
    form = page.split('<div class="side-by-side">')[1].split("</form>")[0]
    return Form(form).values


class Form(Fields):
    @staticmethod
    def _is_sent(attrs):
        if attrs.get("type") == "radio":
            return "checked" in attrs
        return Fields._is_sent(attrs)

    def _add(self, name, value):
        several = name == "opened"
        self.values[name] = [*self.values.get(name, []), value] if several else value


def merge(client, *exercises, origin="", **typed):
    data = opened(client, *exercises, **typed)
    return client.post(merge_path(*exercises, origin=origin), data, follow=True)


def value_of(exercise):
    return catalogue.refreshed().by_id[exercise.pk]


class TestMerging:
    def test_the_action_leads_to_the_page(self, curator, presses):
        ids = [str(press.pk) for press in presses]

        response = curator.post(CHANGES, {"action": "merge_selected", "_selected_action": ids})

        assert response["Location"] == merge_path(*presses)

    @pytest.mark.parametrize("count", [1, 22])
    def test_the_action_needs_exercises_that_can_be_merged(self, curator, count):
        ids = [str(ExerciseFactory().pk) for _ in range(count)]

        chosen = {"action": "merge_selected", "_selected_action": ids}
        page = curator.post(CHANGES, chosen, follow=True)

        assert "Choose 2 to 21 exercises to merge." in text_of(page)

    def test_the_one_that_is_used_most_is_kept(self, curator, api, presses):
        api.post("/api/routines", {"name": "A", "exercises": [entry(presses[1])]}, format="json")

        page = curator.get(merge_path(*presses))

        assert sent(page.content.decode())["keep"] == str(presses[1].pk)
        assert "Bench Presses: 1 routine" in text_of(page)

    def test_the_kept_one_gets_the_values_that_it_lacks(self, curator, ben, presses):
        page = merge(curator, *presses)

        told = "Merged into Bench Press , which is also found as “Bench Presses”."
        assert told in text_of(page)
        kept = value_of(presses[0])
        assert (kept["name"], kept["category"], kept["level"]) == (
            "Bench Press",
            "strength",
            "expert",
        )
        assert kept["defaultReps"] == 0
        assert catalogue.kept(presses[1].pk) == presses[0].pk
        (operation,) = CatalogueOperation.objects.documents.collection.find()
        assert (operation["kind"], operation["userId"]) == ("merge", ben.pk)

    def test_the_values_that_were_chosen_are_kept(self, curator, presses):
        other = str(presses[1].pk)

        merge(curator, *presses, **{"value-name": other, "value-category": other})

        kept = value_of(presses[0])
        assert (kept["name"], kept["category"]) == ("Bench Presses", "powerlifting")
        assert [alias["name"] for alias in kept["aliases"]] == ["Bench Press"]

    def test_another_one_is_kept(self, curator, presses):
        merge(curator, *presses, keep=str(presses[1].pk))

        kept = value_of(presses[1])
        assert (kept["name"], kept["category"]) == ("Bench Presses", "powerlifting")
        assert kept["primaryMuscles"] == ["chest"]

    def test_a_merge_leads_back_to_the_duplicates(self, curator, presses):
        page = merge(curator, *presses, origin="duplicates")

        assert page.redirect_chain == [(DUPLICATES, 302)]

    def test_a_change_since_the_page_was_opened_is_told(self, curator, staff, presses):
        data = opened(curator, *presses, **{"value-category": str(presses[1].pk)})
        staff.patch(f"/api/exercises/{presses[1].pk}", {"level": "beginner"}, format="json")

        page = curator.post(merge_path(*presses), data)

        assert "changed “Bench Presses” since you opened this page: level." in text_of(page)
        assert Exercise.objects.count() == 2
        again = sent(page.content.decode())
        assert again["value-category"] == str(presses[1].pk)
        curator.post(merge_path(*presses), again)
        assert value_of(presses[0])["level"] == "beginner"

    def test_what_was_merged_meanwhile_is_told(self, curator, presses):
        chest = ExerciseFactory(name="Chest Press")
        data = opened(curator, *presses, chest)
        merge_exercises(some_operation(), chest.pk, [presses[1].pk])

        page = curator.post(merge_path(*presses, chest), data)

        assert "“Bench Presses” was merged into “Chest Press”." in text_of(page)
        assert Exercise.objects.count() == 2

    def test_a_merge_is_carried_out_once(self, curator, presses):
        data = opened(curator, *presses)
        curator.post(merge_path(*presses), data)

        page = curator.post(merge_path(*presses), data, follow=True)

        assert "“Bench Presses” was merged into “Bench Press”." in text_of(page)
        assert CatalogueOperation.objects.count() == 1

    def test_a_change_between_the_check_and_the_write_is_told(self, curator, presses, monkeypatch):
        def late(*arguments):
            change = {"level": "beginner"}
            services.change_exercise(some_operation(), presses[1].pk, change)
            return merge_exercises(*arguments)

        data = opened(curator, *presses)
        monkeypatch.setattr("exercises.merging.admin.merge_exercises", late)
        page = curator.post(merge_path(*presses), data)

        assert "a command changed “Bench Presses” since you opened this page" in text_of(page)
        assert Exercise.objects.count() == 2

    def test_what_the_curator_has_not_seen_is_not_merged(self, curator, presses, monkeypatch):
        chest = ExerciseFactory(name="Chest Press")

        def late(*arguments):
            merge_exercises(some_operation(), chest.pk, [presses[1].pk])
            return merge_exercises(*arguments)

        data = opened(curator, *presses)
        monkeypatch.setattr("exercises.merging.admin.merge_exercises", late)
        page = curator.post(merge_path(*presses), data, follow=True)

        assert "“Bench Presses” was merged into “Chest Press”." in text_of(page)
        assert Exercise.objects.count() == 2

    def test_without_the_revisions_that_the_page_showed_nothing_is_merged(self, curator, presses):
        data = {"keep": str(presses[0].pk)}

        page = curator.post(merge_path(*presses), data)

        assert "Look again, and merge then." in text_of(page)
        assert Exercise.objects.count() == 2

    def test_a_form_that_is_saved_during_a_merge_is_told(self, curator, presses, monkeypatch):
        def late(*arguments):
            merge_exercises(some_operation(), presses[0].pk, [presses[1].pk])
            return change_exercise(*arguments)

        typed = {**fields_of(curator.get(change_path(presses[1]))), "description": "Press it."}
        change_exercise = services.change_exercise
        monkeypatch.setattr("exercises.curating.form_admin.services.change_exercise", late)
        page = curator.post(change_path(presses[1]), typed)

        assert "Press it." in page.content.decode()
        assert Exercise.objects.count() == 1


class TestExercisePages:
    def test_the_page_shows_the_names_that_were_merged_away(self, curator, presses):
        merge_exercises(some_operation(), presses[0].pk, [presses[1].pk])

        assert "Also found as: “Bench Presses”" in text_of(curator.get(change_path(presses[0])))

    def test_the_page_of_what_was_merged_away_leads_to_the_kept_one(self, curator, presses):
        merge_exercises(some_operation(), presses[0].pk, [presses[1].pk])

        page = curator.get(change_path(presses[1]), follow=True)

        assert page.redirect_chain == [(change_path(presses[0]), 302)]
        assert "“Bench Presses” was merged into “Bench Press”." in text_of(page)

    def test_what_was_typed_for_an_exercise_that_was_merged_meanwhile_is_not_lost(
        self, curator, presses
    ):
        typed = {**fields_of(curator.get(change_path(presses[1]))), "description": "Press it."}
        merge_exercises(some_operation(), presses[0].pk, [presses[1].pk])

        page = curator.post(change_path(presses[1]), typed)

        assert "“Bench Presses” was merged into “Bench Press”." in text_of(page)
        assert "Press it." in page.content.decode()
        assert Exercise.objects.count() == 1


class TestPermissions:
    @pytest.fixture
    def viewer(self, client):
        user = UserFactory(is_staff=True)
        view = Permission.objects.filter(
            content_type__app_label="exercises", codename="view_exercise"
        )
        user.user_permissions.set(view)
        client.force_login(user)
        return client

    @pytest.mark.parametrize("path", [DUPLICATES, MERGE])
    def test_the_pages_need_the_permission_to_merge(self, viewer, presses, path):
        assert viewer.get(path).status_code == 403
        assert viewer.post(path).status_code == 403

    def test_staff_who_may_not_see_exercises_learn_nothing_of_a_merge(self, viewer, presses):
        merge_exercises(some_operation(), presses[0].pk, [presses[1].pk])
        get_user(viewer).user_permissions.clear()

        page = viewer.get(change_path(presses[1]))

        assert page.status_code == 403
        assert not [*get_messages(page.wsgi_request)]

    def test_the_list_offers_nothing_else(self, viewer, presses):
        page = viewer.get(CHANGES).content.decode()

        assert "merge_selected" not in page
        assert DUPLICATES not in page
