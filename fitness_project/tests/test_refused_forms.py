"""What becomes of a form that is refused: nothing that was typed is lost."""

import pytest

from exercises.tests.factories import ExerciseFactory
from routines.models import Routine, RoutineEntry
from routines.tests.factories import RoutineFactory, embedded

from .pages import browser_of

pytestmark = pytest.mark.django_db

TEXT = "_text/exercises/0/exerciseId"
ROW = {"exercises/0/sets": "3", "exercises/0/reps": "8", "exercises/0/weight": "62.5"}


@pytest.fixture
def browser(ann):
    return browser_of(ann)


@pytest.fixture
def routine(ann):
    dip = ExerciseFactory(name="Dip")
    return RoutineFactory(user=ann, name="Push", exercises=[embedded(RoutineEntry, dip)])


def test_a_rejected_form_keeps_every_character(browser):
    fields = {"name": "  ", "notes": "\n  a <b> \n", TEXT: " nothing ", "exercises/0/sets": " x"}

    page = browser.get("/api/routines").send("POST", fields=fields)

    assert page.status == 400
    again = page.form("POST").fields
    assert {name: again[name] for name in fields} == fields


def test_a_rejected_form_says_beside_each_field_what_is_wrong(browser):
    page = browser.get("/api/routines").send("POST", fields={"name": " ", **ROW, TEXT: "Nothing"})

    assert '<a href="#post-name">Name</a>: This field may not be blank.' in page.text
    assert '<span class="error" id="post-name-error">This field may not be blank.' in page.text
    assert '<a href="#post-exercises-0-exerciseId">Row 1, exercise</a>: Nothing is' in page.text


@pytest.mark.parametrize("text", ['  {"name": 5, "colour": "red"}\n', "{", "[]", ""])
def test_a_rejected_box_keeps_every_character(browser, text):
    page = browser.get("/api/routines").send_json("POST", text)

    assert page.status == 400
    assert page.json_form("POST").fields["_json"] == text


def test_a_form_survives_the_end_of_the_session(browser, ann, routine):
    form = browser.get(f"/api/routines/{routine.pk}")
    browser.client.logout()

    refused = form.send("PUT", name=" Mine")
    assert refused.status == 401
    assert "/sign-in" in refused.text
    browser.client.force_login(ann)
    sent = refused.send("PUT")

    assert sent.status == 303
    assert Routine.objects.get().name == "Mine"


def test_a_form_with_a_stale_token_can_be_sent_again(browser, routine):
    form = browser.get(f"/api/routines/{routine.pk}")
    del browser.client.cookies["csrftoken"]

    refused = form.send("PUT", name="Mine")
    assert refused.status == 403
    assert Routine.objects.get().name == "Push"
    sent = refused.send("PUT")

    assert sent.status == 303
    assert Routine.objects.get().name == "Mine"


def test_a_conflict_shows_both_versions(browser, routine):
    path = f"/api/routines/{routine.pk}"
    first, second = browser.get(path), browser.get(path)
    first.send("PUT", fields={"name": "Theirs", "exercises/0/sets": "5"})

    refused = second.send("PUT", name="Mine")
    assert refused.status == 412
    assert "<td>Mine</td><td>Theirs</td>" in refused.text
    assert "<td>Dip, Sets 3," in refused.text
    assert Routine.objects.get().name == "Theirs"
    sent = refused.send("PUT")

    assert sent.status == 303
    assert Routine.objects.get().name == "Mine"


def test_a_stale_deletion_is_refused(browser, routine):
    path = f"/api/routines/{routine.pk}"
    form = browser.get(path)
    browser.get(path).send("PUT", name="Theirs")

    refused = form.send("DELETE")

    assert refused.status == 412
    assert refused.send("DELETE").status == 303


def test_what_was_sent_to_a_deleted_document_is_shown(browser, routine):
    form = browser.get(f"/api/routines/{routine.pk}")
    browser.get(f"/api/routines/{routine.pk}").send("DELETE")

    page = form.send("PUT", notes="Typed with care")

    assert (page.status, page.methods) == (404, [])
    assert "Typed with care" in page.text


def test_a_rejected_form_still_does_not_replace_what_others_wrote(browser, ann, routine):
    path = f"/api/routines/{routine.pk}"
    form = browser.get(path)
    browser.get(path).send("PUT", name="Theirs")

    browser.client.logout()
    refused = form.send("PUT", name=" ")
    browser.client.force_login(ann)
    for name in (" ", "Mine"):
        refused = refused.send("PUT", name=name)

    assert refused.status == 412
    assert Routine.objects.get().name == "Theirs"


@pytest.mark.parametrize("button", [("_add", "exercises"), ("_find", TEXT.removeprefix("_text/"))])
def test_a_form_that_was_changed_by_a_button_does_not_replace_what_others_wrote(
    browser, routine, button
):
    path = f"/api/routines/{routine.pk}"
    form = browser.get(path)
    browser.get(path).send("PUT", name="Theirs")

    refused = form.send("PUT", button, name="Mine").send("PUT")

    assert refused.status == 412
    assert Routine.objects.get().name == "Theirs"
