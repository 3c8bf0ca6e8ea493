"""The log of the catalogue in the admin."""

import re

import pytest
from bson import ObjectId
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission

from accounts.models import User
from accounts.tests.factories import UserFactory
from exercises import deletions, services
from exercises.audit import reading
from exercises.audit.operations import Kind, Operation
from exercises.merging.merge import merge_exercises
from exercises.models import CatalogueOperation, Exercise
from exercises.tests.factories import CuratorFactory, ExerciseFactory, some_operation
from exercises.tests.form_pages import fields_of

LOG = "/admin/exercises/catalogueoperation/"
EXERCISES = "/admin/exercises/exercise/"

pytestmark = pytest.mark.django_db


@pytest.fixture
def operation(ben, bench_press):
    """Ben has made the bench press an exercise for experts."""
    operation = Operation(Kind.FORM, ben.pk)
    services.change_exercise(operation, bench_press.pk, {"level": "expert"})
    return operation.id


def text_of(response):
    assert response.status_code == 200
    text = re.sub(r"<[^>]*>", " ", response.content.decode().split('id="content-main"')[1])
    return " ".join(text.split())


def permit(client, *actions):
    user = UserFactory(is_staff=True)
    codes = [f"{action}_exercise" for action in actions]
    user.user_permissions.set(Permission.objects.filter(codename__in=codes))
    client.force_login(user)
    return client


def test_the_exercises_page_shows_who_changed_what_when_and_how(curator, operation, bench_press):
    page = text_of(curator.get(f"{EXERCISES}{bench_press.pk}/change/"))

    assert re.search(r"\d+ \w+ \d{4}, \d\d:\d\d UTC, by ben@example.com, Form", page)
    assert "Level — expert" in page


def test_the_history_page_shows_the_log(curator, operation, bench_press):
    page = text_of(curator.get(f"{EXERCISES}{bench_press.pk}/history/"))

    assert "by ben@example.com, Form" in page
    assert "Level — expert" in page


def test_a_long_description_is_folded(curator, ben, bench_press):
    long = "Keep your back straight. " * 20
    services.change_exercise(Operation(Kind.FORM, ben.pk), bench_press.pk, {"description": long})

    page = curator.get(f"{EXERCISES}{bench_press.pk}/history/").content.decode()

    assert f"</summary>{long}</details>" in page
    assert page.count("long-value") == 1


def test_a_deleted_exercise_still_has_its_history(curator, bench_press):
    deletions.delete_exercise(some_operation(), bench_press.pk)

    assert "Deleted" in text_of(curator.get(f"{EXERCISES}{bench_press.pk}/history/"))


@pytest.mark.parametrize("exercise_id", [ObjectId(), "nonsense"])
def test_an_exercise_that_never_was_has_no_history(curator, exercise_id):
    assert curator.get(f"{EXERCISES}{exercise_id}/history/").status_code == 404


def test_the_admins_own_log_stays_empty(curator, bench_press):
    add, change = f"{EXERCISES}add/", f"{EXERCISES}{bench_press.pk}/change/"
    curator.post(add, {**fields_of(curator.get(add)), "name": "Squat"})
    curator.post(change, {**fields_of(curator.get(change)), "name": "Press"})
    curator.post(f"{EXERCISES}{bench_press.pk}/delete/", {"post": "yes"})

    assert CatalogueOperation.objects.documents.collection.count_documents({}) == 3
    assert not LogEntry.objects.exists()


def test_the_list_has_the_newest_first(curator, operation):
    services.create_exercise(some_operation(), {"name": "Squat"})

    page = text_of(curator.get(LOG))

    assert page.index("Squat added") < page.index("Bench Press changed")
    assert "a command" in page


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("kind=form", {"Bench Press changed"}),
        ("kind=command", {"Squat added"}),
        ("kind=api", set()),
        ("person={ben}", {"Bench Press changed"}),
        ("person={ben}&kind=command", set()),
        ("", {"Bench Press changed", "Squat added"}),
    ],
)
def test_the_list_is_filtered_by_kind_and_person(curator, ben, operation, query, expected):
    services.create_exercise(some_operation(), {"name": "Squat"})

    response = curator.get(f"{LOG}?{query.format(ben=ben.pk)}")

    assert {row.what for row in response.context["page"].rows} == expected


def test_the_list_is_paged(curator, monkeypatch):
    monkeypatch.setattr(reading, "PAGE", 2)
    for number in range(5):
        services.create_exercise(some_operation(), {"name": f"Exercise {number}"})

    seen, path = [], LOG
    while path:
        page = curator.get(path).context["page"]
        seen += [row.what for row in page.rows]
        path = page.older and f"{LOG}?after={page.older}"

    assert seen == [f"Exercise {number} added" for number in (4, 3, 2, 1, 0)]


def test_a_deleted_account_is_not_named(curator, operation, ben, client):
    client.force_login(CuratorFactory())
    User.objects.filter(pk=ben.pk).delete()

    page = text_of(client.get(LOG))

    assert "a deleted account" in page
    assert "ben@" not in page


def test_somebody_who_is_not_staff_any_more_can_be_chosen(curator, operation, ben, client):
    client.force_login(CuratorFactory())
    assert f"?person={ben.pk}" in client.get(LOG).content.decode()
    User.objects.filter(pk=ben.pk).update(is_staff=False)

    response = client.get(f"{LOG}?person={ben.pk}")

    assert (str(ben.pk), "ben@example.com") in response.context["people"]
    assert [row.what for row in response.context["page"].rows] == ["Bench Press changed"]


def test_only_those_who_are_in_the_log_are_named(curator, operation, ann):
    sam = UserFactory(email="sam@example.com", is_staff=True)

    for user in (ann, sam):
        response = curator.get(f"{LOG}?person={user.pk}")
        assert [name for _, name in response.context["people"]] == ["ben@example.com"]
        assert user.email not in response.content.decode()


def test_an_operations_page_shows_its_changes(curator, operation):
    page = text_of(curator.get(f"{LOG}{operation}/"))

    assert "Bench Press changed" in page
    assert "Level — expert" in page


@pytest.mark.parametrize("page", ["", "undo/"])
@pytest.mark.parametrize("operation_id", [ObjectId(), "nonsense"])
def test_an_unknown_operation_is_not_found(curator, operation_id, page):
    assert curator.get(f"{LOG}{operation_id}/{page}").status_code == 404


def test_undo_asks_first_and_says_what_it_did(curator, operation, bench_press):
    asked = curator.get(f"{LOG}{operation}/undo/")
    assert "Bench Press changed? This changes 1 exercise back." in text_of(asked)
    assert Exercise.objects.get().level == "expert"

    done = curator.post(f"{LOG}{operation}/undo/", follow=True)

    assert "Undone: 1 exercise." in done.content.decode()
    assert "Level expert —" in text_of(done)
    assert Exercise.objects.get().level is None


def test_undo_names_what_it_leaves(curator, operation, bench_press):
    services.change_exercise(some_operation(), bench_press.pk, {"level": "beginner"})

    page = curator.post(f"{LOG}{operation}/undo/", follow=True).content.decode()

    assert "Undone: nothing." in page
    assert "Bench Press, level, stays as it is: changed since by a command." in page


def test_a_second_undo_says_so(curator, operation):
    for _ in range(2):
        response = curator.post(f"{LOG}{operation}/undo/", follow=True)

    assert "This was undone before, or is being undone." in response.content.decode()
    assert f"{LOG}{operation}/undo/" not in response.content.decode()


def test_the_log_is_for_those_who_may_see_exercises(client, operation, bench_press):
    permit(client, "add")

    for path in (LOG, f"{LOG}{operation}/", f"{EXERCISES}{bench_press.pk}/history/"):
        assert client.get(path).status_code == 403


@pytest.mark.parametrize(
    ("action", "needed"), [("change", "change"), ("add", "delete"), ("delete", "add")]
)
def test_undoing_needs_the_permission_for_what_it_does(client, action, needed):
    exercise, operation = ExerciseFactory(name="Row"), some_operation()
    if action == "change":
        services.change_exercise(operation, exercise.pk, {"level": "expert"})
    elif action == "add":
        services.create_exercise(operation, {"name": "Squat"})
    else:
        deletions.delete_exercise(operation, exercise.pk)
    path = f"{LOG}{operation.id}/undo/"

    permit(client, "view", *{"add", "change", "delete"} - {needed})
    assert client.post(path).status_code == 403
    assert path not in client.get(f"{LOG}{operation.id}/").content.decode()

    permit(client, "view", needed)
    assert path in client.get(f"{LOG}{operation.id}/").content.decode()
    assert client.post(path).status_code == 302


@pytest.mark.parametrize("page", ["add/", "{operation}/delete/", "{operation}/change/"])
def test_nobody_writes_the_log(client, operation, page):
    client.force_login(UserFactory(is_staff=True, is_superuser=True))

    assert client.post(LOG + page.format(operation=operation)).status_code == 404


def test_the_log_names_the_file_of_an_import(curator):
    reading = Operation(Kind.COMMAND, file="gym.csv")
    services.create_exercise(reading, {"name": "Squat"})

    assert "Squat added, from gym.csv" in text_of(curator.get(LOG))
    assert "Squat added, from gym.csv" in text_of(curator.get(f"{LOG}{reading.id}/"))


def test_the_log_names_what_was_merged_away(curator, ben, bench_press):
    merging = Operation(Kind.MERGE, ben.pk)
    merge_exercises(merging, bench_press.pk, [ExerciseFactory(name="Flat Press").pk])

    assert "Flat Press merged away" in text_of(curator.get(LOG))
    page = text_of(curator.get(f"{LOG}{merging.id}/"))
    assert "Flat Press merged away, into Bench Press" in page
    assert "A merge can't be undone." in page
