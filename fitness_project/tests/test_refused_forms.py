"""What becomes of a form that is refused: nothing that was typed is lost."""

import pytest
from pymongo.errors import ServerSelectionTimeoutError

from accounts.models import User
from exercises.tests.factories import CuratorFactory, ExerciseFactory
from fitness_project.database.outage import outage
from fitness_project.documents.collection import Documents
from history.models import Session
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
    assert (
        '<a href="#post-exercises-0-exerciseId">Row 1, exercise</a>: Nothing matches' in page.text
    )


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


def test_a_form_survives_an_outage(browser, routine, monkeypatch):
    page = browser.get("/api/history")
    found = page.send("POST", ("_find", "routineId"), fields={"_text/routineId": "pus"})
    with monkeypatch.context() as outages:
        outages.setattr(Documents, "fetch", gone)
        outages.setattr(Documents, "insert", gone, raising=False)
        first = found.send("POST", fields={"routineId": str(routine.pk), "notes": "typed"})
        outages.setattr(outage, "is_on", lambda: True)
        second = first.send("POST")
    assert (first.status, second.status) == (503, 503)
    outage._next_check = None

    assert second.send("POST").status == 303

    session = Session.objects.get()
    assert (session.notes, session.routine_id) == ("typed", routine.pk)


def gone(*args, **kwargs):
    raise ServerSelectionTimeoutError("gone")


def test_a_form_that_is_sent_twice_creates_one_document(browser):
    page = browser.get("/api/routines")

    first, second = (page.send("POST", name="Push") for _ in range(2))

    assert first.response["Location"] == second.response["Location"]
    assert Routine.objects.count() == 1


def test_a_form_that_was_filled_in_anew_after_it_was_sent_can_create_another_one(browser):
    page = browser.get("/api/routines")
    page.send("POST", name="Push")

    refused = page.send("POST", name="Pull")
    assert refused.status == 422
    assert "send it again to create another one" in refused.text
    sent = refused.send("POST")

    assert sent.status == 303
    assert {each.name for each in Routine.objects.all()} == {"Push", "Pull"}


def test_whoever_is_not_signed_in_finds_no_names(routine):
    stranger = browser_of(None)
    button = {"_find": "exercises/0/exerciseId", TEXT: "dip"}

    page = stranger.post("/api/routines", {"name": "A", **button})

    assert page.status == 401
    assert ">Dip</option>" not in page.text


def test_a_page_for_nobody_has_no_more_rows_than_a_form_may_have():
    rows = {f"exercises/{place}/sets": "1" for place in range(400)}

    page = browser_of(None).post("/api/routines", rows)

    assert page.status == 401
    assert "exercises/99/sets" in page.text
    assert "exercises/100/sets" not in page.text


def test_the_order_of_routines_is_shown_with_few_queries(browser, ann, command_log):
    routines = [RoutineFactory(user=ann, name=f"R{number}") for number in range(20)]
    User.objects.filter(pk=ann.pk).update(routines=[each.pk for each in routines])
    command_log.clear()

    page = browser.get("/api/auth/me")

    assert "R19</span>" in page.text
    assert len(command_log) < 12


def test_the_error_of_a_name_that_was_found_is_that_of_the_api():
    curator, dip = browser_of(CuratorFactory()), ExerciseFactory(name="Dip")
    page = curator.get(f"/api/exercises/{dip.pk}/merge")

    refused = page.send("POST", fields={"_text/exerciseIds/0": "dip"})

    assert refused.status == 400
    assert "Nothing is called" not in refused.text
    assert "itself" in refused.text


def test_a_stale_token_is_explained_to_people(browser, routine):
    form = browser.get(f"/api/routines/{routine.pk}")
    del browser.client.cookies["csrftoken"]

    page = form.send("PUT", name="Mine")

    assert "can’t tell that this form comes from one of its pages" in page.text
    assert "CSRF Failed" not in page.text.partition("For client developers")[0]


def test_a_rejected_form_keeps_its_blank_row(browser):
    page = browser.get("/api/routines").send("POST", name=" ")

    assert TEXT in page.form("POST").fields
    assert page.send("POST", name="Rest").status == 303
    assert Routine.objects.get().exercises == []


def test_the_summary_names_each_error_of_a_field(browser):
    page = browser.get("/api/auth/password").send(
        "POST", currentPassword="x", newPassword="12345678"
    )

    errors = [line for line in page.text.splitlines() if '<li><a href="#post-newPassword"' in line]
    assert len(errors) == len(set(errors)) > 1


def test_a_form_of_another_site_gets_neither_form_nor_advice(browser, routine):
    fields = browser.get("/api/routines").form("POST").fields

    page = browser.post("/api/routines", fields, origin="https://elsewhere.example")

    assert (page.status, page.methods) == (403, [])
    assert "send it again" not in page.text


def test_a_stale_deletion_says_that_sending_it_again_deletes(browser, routine):
    path = f"/api/routines/{routine.pk}"
    form = browser.get(path)
    browser.get(path).send("PUT", name="Theirs")

    refused = form.send("DELETE")

    assert "sending the form again deletes it" in refused.text
    assert "Compare both versions" not in refused.text


def test_a_conflict_shows_only_what_differs(browser, bench_press):
    new = browser.get("/api/history").send("POST", fields={"date": "2026-01-02T03:11"})
    path = new.response["Location"].removeprefix("http://testserver")
    form = browser.get(path)
    browser.get(path).send("PUT", notes="Theirs")

    refused = form.send("PUT", fields={"date": "2026-01-02T03:11", "notes": "Mine"})

    assert refused.status == 412
    assert "<td>Mine</td><td>Theirs</td>" in refused.text
    assert '<th scope="row">Date' not in refused.text


@pytest.mark.parametrize("button", [None, ("_add", "exercises")])
def test_a_stale_token_is_explained_whichever_button_was_pressed(browser, routine, button):
    form = browser.get(f"/api/routines/{routine.pk}")
    del browser.client.cookies["csrftoken"]

    refused = form.send("PUT", button)

    assert refused.status == 403
    assert "You have signed in again" in refused.text
    assert 'id="error-summary" autofocus' in refused.text


def test_the_title_of_a_rejected_form_names_the_document_and_not_its_list(browser, routine):
    refused = browser.get(f"/api/routines/{routine.pk}").send("PUT", name=" ")

    assert "<title>Error: Routine –" in refused.text
    assert "<h1>Routine</h1>" in refused.text


def test_a_page_that_only_has_a_form_is_no_error(browser):
    page = browser.get("/api/auth/password")

    assert page.status == 405
    assert "Error: " not in page.text
