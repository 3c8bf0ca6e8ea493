"""What a browser sees of the API."""

import json
import re
from html import unescape

import pytest

from exercises.models import Exercise
from exercises.tests.factories import ExerciseFactory
from history.tests.factories import SessionFactory
from routines.tests.factories import RoutineFactory

HTML = {"accept": "text/html"}


def form_of(page):
    """The JSON in the page's form."""
    (text,) = re.findall(r'name="_content"[^>]*>\s*(.*?)</textarea>', page.content.decode(), re.S)
    return json.loads(unescape(text))


@pytest.mark.parametrize(
    ("kind", "factory"), [("routines", RoutineFactory), ("history", SessionFactory)]
)
def test_the_form_holds_the_document_and_can_be_sent_as_it_is(api, ann, kind, factory):
    path = f"/api/{kind}/{factory(user=ann).pk}"
    before = api.get(path).json()

    response = api.put(path, form_of(api.get(path, headers=HTML)))

    assert response.status_code == 200
    assert {**response.json(), "updatedAt": before["updatedAt"]} == before


def test_exercises_and_the_account_have_such_a_form_too(staff):
    path = f"/api/exercises/{ExerciseFactory(name='Row', primary_muscles=['lats']).pk}"

    assert staff.put(path, form_of(staff.get(path, headers=HTML))).status_code == 200
    assert Exercise.objects.get().primary_muscles == ["lats"]
    assert set(form_of(staff.get("/api/auth/me", headers=HTML))) == {
        "email",
        "name",
        "weightUnit",
        "routines",
    }


def test_the_form_of_a_list_holds_what_a_new_document_needs(api):
    entry = {"exerciseId": None, "sets": None, "reps": None}

    assert form_of(api.get("/api/routines", headers=HTML)) == {"name": "", "exercises": [entry]}
    assert form_of(api.get("/api/history", headers=HTML)) == {"date": None, "exercises": [entry]}


def test_an_invalid_form_comes_back_with_the_error(api):
    page = api.post("/api/routines", {"name": 5}, headers=HTML)

    assert page.status_code == 400
    assert "exercises" in form_of(page)


def test_a_user_who_may_not_write_sees_no_form(api):
    page = api.get("/api/exercises", headers=HTML)

    assert "_content" not in page.content.decode()
