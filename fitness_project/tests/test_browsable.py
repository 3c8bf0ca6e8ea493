"""Which forms a browser sees on the pages of the API, and what they hold."""

import json
import re

import pytest
from rest_framework.test import APIClient

from exercises.models import Exercise
from exercises.tests.factories import CuratorFactory, ExerciseFactory, entry
from history.tests.factories import SessionFactory
from routines.tests.factories import RoutineFactory

from .pages import HTML, browser_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(ann):
    return browser_of(ann)


@pytest.fixture
def curator(db):
    return browser_of(CuratorFactory())


@pytest.mark.parametrize(
    ("kind", "factory"), [("routines", RoutineFactory), ("history", SessionFactory)]
)
def test_a_form_that_is_sent_as_it_is_changes_nothing(api, browser, ann, kind, factory):
    path = f"/api/{kind}/{factory(user=ann).pk}"
    before = api.get(path).json()

    response = browser.get(path).send("PUT")

    assert response.status == 303
    assert api.get(path).json() == before


def test_a_session_keeps_milliseconds_its_routine_and_recorded_names(api, browser, ann):
    exercise = ExerciseFactory(name="Row")
    routine = RoutineFactory(user=ann, exercises=[])
    body = {
        "date": "2026-11-22T19:57:01.234Z",
        "exercises": [{**entry(exercise), "weight": 0.1 + 0.2}],
        "routineId": str(routine.pk),
        "notes": "a\n\nb",
        "durationSeconds": 0,
    }
    path = f"/api/history/{api.post('/api/history', body).json()['id']}"
    Exercise.objects.filter(pk=exercise.pk).update(name="Rowing")
    before = api.get(path).json()

    browser.get(path).send("PUT", durationSeconds="60")

    after = api.get(path).json()
    same = ("updatedAt", "revision")
    assert {**after, "durationSeconds": 0, **{name: before[name] for name in same}} == before


def test_exercises_and_the_account_have_such_a_form_too(curator):
    exercise = ExerciseFactory(name="Row", primary_muscles=["lats", "biceps"], is_archived=True)

    assert curator.get(f"/api/exercises/{exercise.pk}").send("PUT").status == 303
    assert curator.get("/api/auth/me").send("PATCH", name="Bea").status == 303

    exercise.refresh_from_db()
    assert exercise.primary_muscles == ["lats", "biceps"]
    assert exercise.is_archived
    assert 'value="Bea"' in curator.get("/api/auth/me").text


def test_the_box_holds_what_can_be_sent(browser, ann, curator):
    routine = browser.get(f"/api/routines/{RoutineFactory(user=ann).pk}").json_form("PUT")
    new = browser.get("/api/history").json_form("POST")
    me = curator.get("/api/auth/me").json_form("PATCH")

    assert set(json.loads(routine.fields["_json"])) == {"name", "exercises", "notes"}
    row = {"exerciseId": None, "sets": None, "reps": None}
    assert json.loads(new.fields["_json"]) == {"date": None, "exercises": [row]}
    assert set(json.loads(me.fields["_json"])) == {"name", "weightUnit", "routines"}


def test_there_is_a_form_for_every_write_that_the_user_may_make(browser, curator, ann):
    routine = f"/api/routines/{RoutineFactory(user=ann).pk}"
    exercise = f"/api/exercises/{ExerciseFactory().pk}"

    assert browser.get("/api/routines").methods == ["POST"]
    assert browser.get(routine).methods == ["PUT", "DELETE"]
    assert browser.get("/api/auth/me").methods == ["PATCH", "DELETE"]
    assert browser.get("/api/exercises").methods == []
    assert browser.get(exercise).methods == []
    assert curator.get("/api/exercises").methods == ["POST"]
    assert curator.get(exercise).methods == ["PUT", "DELETE"]


def test_calls_that_only_take_a_post_show_their_form(browser, curator):
    merge = f"/api/exercises/{ExerciseFactory().pk}/merge"

    for path in ("/api/auth/password", "/api/auth/login", "/api/auth/password/reset"):
        page = browser.get(path)
        assert (page.status, page.methods) == (405, ["POST"])
        assert "There is nothing to read here, only a form to send." in page.text
    assert curator.get(merge).methods == ["POST"]
    assert browser.get(merge).methods == []


@pytest.mark.parametrize("path", ["/api/routines/5f0000000000000000000001", "/api/routines/x"])
def test_a_page_about_nothing_has_no_form(browser, path):
    page = browser.get(path)

    assert (page.status, page.forms) == (404, [])


def test_pages_without_a_session_have_no_form(api, anonymous):
    with_a_token = api.get("/api/routines", headers=HTML)
    signed_out = anonymous.get("/api/auth/login", headers=HTML)

    assert (with_a_token.status_code, signed_out.status_code) == (200, 405)
    assert b"_method" not in with_a_token.content + signed_out.content


def test_a_page_has_no_etag_and_its_form_has(api, browser, ann):
    path = f"/api/routines/{RoutineFactory(user=ann).pk}"

    page = browser.get(path)

    assert "ETag" not in page.response
    assert page.form("PUT").fields["_if_match"] == api.get(path)["ETag"]


def test_a_sign_in_has_a_button_that_ends_it(browser, api):
    assert isinstance(api, APIClient)  # Signed in as well.

    page = browser.get("/api/auth/sessions")
    (form,) = page.forms_to("/api/auth/sessions/")
    done = browser.post(form.action, form.fields)

    assert done.response["Location"] == "/api/auth/sessions"
    assert api.get("/api/auth/me").status_code == 401


def test_the_account_leads_to_all_that_can_be_done_with_it(browser):
    page = browser.get("/api/auth/me")

    for name in ("password", "email", "sessions", "export"):
        assert f'<a href="/api/auth/{name}">' in page.text


def test_the_devices_page_says_that_browsers_are_not_listed(browser):
    page = browser.get("/api/auth/sessions")

    assert "Browsers aren’t listed." in page.text


def test_password_managers_know_the_present_password_from_a_new_one(browser):
    page = browser.get("/api/auth/password")

    found = re.findall(r'name="(\w+)" value="" autocomplete="([\w-]+)"', page.text)
    assert found == [("currentPassword", "current-password"), ("newPassword", "new-password")]


def test_a_list_without_anything_shows_the_open_form(browser, ann):
    empty, filtered = browser.get("/api/routines"), browser.get("/api/routines?search=x")
    RoutineFactory(user=ann)
    full = browser.get("/api/routines")

    is_open = '<h2 id="title-post">New routine</h2>\n<form'
    assert re.sub(r"\n+", "\n", empty.text).count(is_open) == 1
    for page in (filtered, full):
        assert '<summary><h2 id="title-post">New routine</h2></summary>' in page.text


def test_a_form_alone_is_no_error(browser):
    page = browser.get("/api/auth/password")

    assert "<title>Change your password – " in page.text


def test_a_form_says_units_once(browser):
    page = browser.get("/api/history").text

    assert "Duration (seconds) <span" in page
    assert ">seconds</span>" not in page
    assert "Null or omitted" not in page
