"""What the forms of the API's pages do, in a browser without scripts."""

import pytest

from accounts.models import SignIn, User
from exercises.models import Exercise
from exercises.tests.factories import CuratorFactory, ExerciseFactory
from fitness_project.tests.e2e.client import PASSWORD
from history.models import Session
from routines.models import Routine, RoutineEntry
from routines.tests.factories import RoutineFactory, embedded

from .pages import browser_of

pytestmark = pytest.mark.django_db

ID = "exercises/0/exerciseId"
TEXT = f"_text/{ID}"
ROW = {"exercises/0/sets": "3", "exercises/0/reps": "8", "exercises/0/weight": "62.5"}


@pytest.fixture
def browser(ann):
    return browser_of(ann)


@pytest.fixture
def routine(ann):
    dip = ExerciseFactory(name="Dip")
    return RoutineFactory(user=ann, name="Push", exercises=[embedded(RoutineEntry, dip)])


def test_a_new_routine_leads_to_its_page_which_says_so(browser, bench_press):
    sent = browser.get("/api/routines").send(
        "POST", fields={"name": "Push", TEXT: "bench press", **ROW}
    )

    routine = Routine.objects.get()
    assert sent.status == 303
    assert sent.response["Location"].endswith(f"/api/routines/{routine.pk}")
    assert routine.exercises[0].exercise_id == bench_press.pk
    assert routine.exercises[0].weight == 62.5
    assert "Created." in sent.follow().text
    assert "Created." not in browser.get("/api/routines").text


def test_an_edit_leads_back_to_the_page(browser, routine):
    path = f"/api/routines/{routine.pk}"

    sent = browser.get(path).send("PUT", name="Pull")

    assert (sent.status, sent.response["Location"]) == (303, path)
    assert "Saved." in sent.follow().text
    assert Routine.objects.get().name == "Pull"


def test_a_deletion_leads_to_the_list(browser, routine):
    sent = browser.get(f"/api/routines/{routine.pk}").send("DELETE")

    assert (sent.status, sent.response["Location"]) == (303, "/api/routines")
    assert "Deleted." in sent.follow().text
    assert browser.get(f"/api/routines/{routine.pk}").status == 404


def test_the_box_takes_json(browser, routine):
    page, new = browser.get(f"/api/routines/{routine.pk}"), browser.get("/api/routines")

    assert page.send_json("PATCH", '{"notes": "x"}').status == 303
    assert new.send_json("POST", '{"name": "A", "exercises": []}').status == 303

    assert Routine.objects.get(pk=routine.pk).notes == "x"
    assert Routine.objects.filter(name="A").exists()


def test_an_exercise_is_found_without_scripts(browser):
    dips = [ExerciseFactory(name=f"Dip {grip}") for grip in ("narrow", "wide")]
    fields = {"name": "A", TEXT: "dip"}
    page = browser.get("/api/routines").send("POST", ("_find", ID), fields=fields)
    assert page.status == 200
    assert "Dip wide" in page.text

    page.send("POST", fields={ID: str(dips[1].pk), **ROW})

    assert Routine.objects.get().exercises[0].name == "Dip wide"


def test_a_name_that_was_typed_over_another_counts(browser, routine, bench_press):
    browser.get(f"/api/routines/{routine.pk}").send("PUT", fields={TEXT: "Bench Press"})

    assert Routine.objects.get().exercises[0].exercise_id == bench_press.pk


def test_a_text_that_names_nothing_is_no_exercise(browser, routine):
    page = browser.get(f"/api/routines/{routine.pk}").send("PUT", fields={TEXT: "di"})

    assert page.status == 400
    assert 'value="di"' in page.text
    assert ">Dip</option>" in page.text


def test_rows_are_added_moved_and_removed(browser, routine, bench_press):
    path = f"/api/routines/{routine.pk}"
    page = browser.get(path).send("PUT", ("_add", "exercises"), name="A")
    added = {"_text/exercises/1/exerciseId": "bench press"}
    added |= {"exercises/1/sets": "1", "exercises/1/reps": "2"}
    page = page.send("PUT", ("_up", "exercises/1"), fields=added)
    page = page.send("PUT", ("_add", "exercises"))
    assert page.status == 200
    assert Routine.objects.get().name == "Push"

    page.send("PUT", ("_remove", "exercises/1")).send("PUT")

    (row,) = Routine.objects.get().exercises
    assert (row.name, row.sets, row.reps, row.weight) == ("Bench Press", 1, 2, 0)


def test_rows_in_which_nothing_was_typed_do_not_count(browser):
    browser.get("/api/routines").send("POST", name="Rest")

    assert Routine.objects.get().exercises == []


def test_a_session_names_its_routine(browser, routine):
    page = browser.get("/api/history")
    page.send("POST", fields={"_text/routineId": "push"})
    session = Session.objects.get()
    assert session.routine_id == routine.pk

    browser.get(f"/api/history/{session.pk}").send("PUT", fields={"_text/routineId": ""})

    assert Session.objects.get().routine_id is None


def test_a_session_keeps_a_routine_that_was_deleted(browser, routine):
    browser.get("/api/history").send("POST", fields={"_text/routineId": "push"})
    browser.get(f"/api/routines/{routine.pk}").send("DELETE")
    page = browser.get(f"/api/history/{Session.objects.get().pk}")
    assert "(routine that no longer exists)" in page.text

    assert page.send("PUT", notes="x").status == 303

    assert Session.objects.get().routine_id == routine.pk


def test_the_order_of_routines_is_changed_by_buttons(browser, ann):
    first, second = RoutineFactory(user=ann, name="A"), RoutineFactory(user=ann, name="B")
    User.objects.filter(pk=ann.pk).update(routines=[first.pk, second.pk])

    browser.get("/api/auth/me").send("PATCH", ("_down", "routines/0")).send("PATCH")

    assert User.objects.get().routines == [second.pk, first.pk]


def test_deleting_the_account_asks_for_the_password(browser, ann):
    ann.set_password(PASSWORD)
    ann.save()
    browser.client.force_login(ann)

    wrong = browser.get("/api/auth/me").send("DELETE", password="wrong horse 9")
    assert wrong.status == 400
    assert "wrong horse" not in wrong.text
    done = wrong.send("DELETE", password=PASSWORD)

    assert (done.status, done.response["Location"]) == (303, "/")
    assert not User.objects.filter(is_active=True).exists()


def test_a_curator_merges_by_name():
    curator = browser_of(CuratorFactory())
    kept, merged = ExerciseFactory(name="Dip"), ExerciseFactory(name="Dips")
    page = curator.get(f"/api/exercises/{kept.pk}/merge")

    done = page.send("POST", fields={"_text/exerciseIds/0": "dips"})

    assert (done.status, done.response["Location"]) == (303, f"/api/exercises/{kept.pk}")
    assert not Exercise.objects.filter(pk=merged.pk).exists()


def test_tokens_are_shown_and_not_redirected(browser, ann):
    ann.set_password(PASSWORD)
    ann.save()
    browser.client.force_login(ann)

    page = browser.get("/api/auth/login").send("POST", email=ann.email, password=PASSWORD)

    assert page.status == 200
    assert "access" in page.text


def test_a_changed_password_leads_to_the_account_and_leaves_no_device_behind(browser, ann):
    ann.set_password(PASSWORD)
    ann.save()
    browser.client.force_login(ann)
    typed = {"currentPassword": PASSWORD, "newPassword": "another horse 9"}

    done = browser.get("/api/auth/password").send("POST", **typed)

    assert (done.status, done.response["Location"]) == (303, "/api/auth/me")
    assert "Your password is changed." in done.follow().text
    assert not SignIn.objects.exists()


def test_a_form_needs_a_browsers_session_and_its_token(ann, api):
    fields = {"name": "A", "_json": '{"name": "A", "exercises": []}'}
    browser, stranger = browser_of(ann), browser_of(None)

    assert browser.post("/api/routines", fields).status == 403
    assert browser.post("/api/auth/login", fields).status == 403
    assert stranger.post("/api/routines", fields).status == 401
    assert stranger.post("/api/auth/login", fields).status == 415
    for accept in ("application/json", "*/*", "text/html"):
        refused = api.post("/api/routines", fields, format="multipart", headers={"accept": accept})
        assert refused.status_code == 415
    assert browser.post("/api/routines", fields, accept="application/json").status == 403

    assert not Routine.objects.exists()


def test_a_session_records_an_archived_exercise_by_its_name(browser):
    archived = ExerciseFactory(name="Dip", is_archived=True)

    browser.get("/api/history").send("POST", fields={TEXT: "dip", **ROW})

    assert Session.objects.get().exercises[0].exercise_id == archived.pk


def test_a_routine_takes_no_archived_exercise(browser):
    ExerciseFactory(name="Dip", is_archived=True)

    page = browser.get("/api/routines").send("POST", fields={"name": "A", TEXT: "dip", **ROW})

    assert "This exercise is archived. Choose another one." in page.text


def test_whoever_asks_for_a_link_hears_of_it(browser, ann):
    sent = browser.get("/api/auth/password/reset").send("POST", email=ann.email)

    assert sent.status == 303
    assert "a link is on its way" in sent.follow().text
