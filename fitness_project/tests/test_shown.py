"""What pages show of the API's responses."""

import json
import re
from html import unescape
from urllib.parse import urlencode

import pytest
from django.utils.html import strip_tags

from accounts.models import User
from exercises.tests.factories import ExerciseFactory
from history.models import SessionEntry
from history.tests.factories import SessionFactory
from routines.models import RoutineEntry
from routines.tests.factories import RoutineFactory, embedded

HTML = {"accept": "text/html"}


def page_of(client, path):
    response = client.get(path, headers=HTML)
    return response, response.content.decode()


def shown_as(page, label):
    """The text of the box with this label."""
    (inside,) = re.findall(rf'<pre[^>]* aria-label="{label}">(.*?)</pre>', page, re.S)
    return unescape(strip_tags(inside))


def test_titles_say_what_is_shown(api, ann, bench_press):
    routine = RoutineFactory(user=ann, name="Push & Pull")
    session = SessionFactory(user=ann)
    titles = {
        f"/api/routines/{routine.pk}": "Push &amp; Pull – routine",
        f"/api/history/{session.pk}": "1 May 2026, 18:30 UTC – session",
        f"/api/exercises/{bench_press.pk}": "Bench Press – exercise",
        "/api/routines": "Routines",
        "/api/auth/sessions": "Signed-in devices",
        "/api/routines/0": "Error: Not Found",
    }

    for path, title in titles.items():
        _, page = page_of(api, path)
        assert f"<title>{title} – " in page


def test_a_list_leads_to_its_documents_and_what_they_refer_to(api, ann, bench_press):
    routine = RoutineFactory(user=ann, name="Push Day", exercises=[])
    entries = [embedded(SessionEntry, bench_press)]
    session = SessionFactory(user=ann, routine_id=routine.pk, exercises=entries)

    _, page = page_of(api, "/api/history")

    assert f'<a href="/api/history/{session.pk}"><time' in page
    assert f'<a href="/api/routines/{routine.pk}">Push Day</a>' in page
    assert f'<a href="/api/exercises/{bench_press.pk}">Bench Press</a>' in page


def test_a_session_shows_the_names_that_were_true_on_the_day(api, ann, bench_press):
    entries = [embedded(SessionEntry, bench_press, name="Old Press")]
    session = SessionFactory(user=ann, exercises=entries)

    _, page = page_of(api, f"/api/history/{session.pk}")

    assert f'<a href="/api/exercises/{bench_press.pk}">Old Press</a>' in page


def test_a_deleted_routine_is_no_link(api, ann):
    routine = RoutineFactory(user=ann)
    session = SessionFactory(user=ann, routine_id=routine.pk)
    api.delete(f"/api/routines/{routine.pk}")

    _, page = page_of(api, f"/api/history/{session.pk}")

    assert f"<code>{routine.pk}</code> (deleted)" in page
    assert f'href="/api/routines/{routine.pk}"' not in page


def test_names_are_found_with_one_query(api, ann, command_log):
    for _ in range(5):
        SessionFactory(user=ann, routine_id=RoutineFactory(user=ann).pk)

    command_log.clear()
    page_of(api, "/api/history")

    reads = [body["find"] for name, body in command_log if name == "find"]
    assert reads.count("routines") == 3  # Two are for the names that the filter offers.


def test_weights_are_in_the_users_unit_too(api, ann, bench_press):
    User.objects.filter(pk=ann.pk).update(weight_unit="lb")
    routine = RoutineFactory(user=ann, exercises=[embedded(RoutineEntry, bench_press)])

    _, page = page_of(api, f"/api/routines/{routine.pk}")

    assert "60 kg (132.3 lb)" in page.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize("path", ["/api/routines", "/api/exercises", "/api/auth/me", "/api/sync"])
def test_the_json_on_a_page_is_what_a_client_gets(api, ann, path):
    RoutineFactory(user=ann)

    _, page = page_of(api, path)

    shown, received = json.loads(shown_as(page, "Response as JSON")), api.get(path).json()
    assert {**shown, "next": None} == {**received, "next": None}  # A token of the feed has a time.


@pytest.mark.parametrize(
    "path",
    [
        "/api/routines",
        "/api/routines/{routine}",
        "/api/exercises",
        "/api/exercises?search=press",
        "/api/exercises/facets",
        "/api/auth/me",
        "/api/routines/0",
        "/api/routines?cursor=0",
        "/api/auth/login",
    ],
)
def test_the_headers_on_a_page_are_what_a_client_gets(api, ann, bench_press, path):
    path = path.format(routine=RoutineFactory(user=ann).pk)

    _, page = page_of(api, path)

    status, *lines = shown_as(page, "Headers of the response").strip().splitlines()
    shown = dict(line.split(": ", 1) for line in lines)
    received = api.get(path)
    assert status == f"HTTP/1.1 {received.status_code} {received.reason_phrase}"
    for name in ("Content-Type", "ETag", "Cache-Control", "Allow"):
        assert shown.get(name) == received.get(name), name
    assert shown["X-Request-Id"]


def test_a_page_without_a_sign_in_says_what_a_client_gets(anonymous, db):
    _, page = page_of(anonymous, "/api/routines")

    headers = shown_as(page, "Headers of the response")
    assert "401 Unauthorized" in headers
    assert "WWW-Authenticate: Bearer" in headers
    assert "Content-Type: application/problem+json" in headers


def test_the_next_and_the_previous_page_are_links(api, ann):
    RoutineFactory.create_batch(3, user=ann, exercises=[])

    _, first = page_of(api, "/api/routines?pageSize=2")
    (following,) = re.findall(r'href="([^"]*)" rel="next"', first)
    _, second = page_of(api, unescape(following))

    assert 'rel="prev"' not in first
    assert second.count('<th scope="row"') == 1
    assert 'rel="prev"' in second
    assert 'rel="next"' not in second


def test_the_change_feed_leads_on_to_later_changes(api, ann):
    _, page = page_of(api, "/api/sync")

    (following,) = re.findall(r'href="([^"]*)" rel="next"', page)
    response, page = page_of(api, unescape(following))
    assert response.status_code == 200
    assert "What has changed since" in page


def test_the_change_feed_leads_to_what_has_changed(api, ann):
    routine = RoutineFactory(user=ann, name="Push Day")

    _, page = page_of(api, "/api/sync")

    assert "Changes: Routines" in page
    assert f'<a href="/api/routines/{routine.pk}">' in page


def test_filters_offer_the_values_that_exist(api, db):
    ExerciseFactory(category="strength", equipment="barbell")
    ExerciseFactory(category="cardio", equipment="bike")

    _, page = page_of(api, "/api/exercises?category=Strength")

    assert '<option value="strength" selected>strength (1)</option>' in page
    assert '<option value="cardio">cardio (1)</option>' in page
    assert '<option value="barbell">barbell (1)</option>' in page
    assert "bike" not in page


def test_empty_fields_of_a_filter_form_are_left_out(api, db):
    ExerciseFactory()

    response, _ = page_of(api, "/api/exercises?search=&category=&level=&muscle=&pageSize=50")

    assert (response.status_code, response["Location"]) == (302, "/api/exercises?pageSize=50")


def test_a_name_and_a_day_lead_to_the_address_for_clients(api, ann, bench_press):
    typed = urlencode({"exerciseId": "bench press", "from": "2026-05-01", "to": ""})

    response, _ = page_of(api, f"/api/history?{typed}")

    expected = urlencode({"exerciseId": str(bench_press.pk), "from": "2026-05-01T00:00:00Z"})
    assert (response.status_code, response["Location"]) == (302, f"/api/history?{expected}")
    _, page = page_of(api, response["Location"])
    assert 'value="Bench Press"' in page
    assert 'type="date" id="filter-from" name="from" value="2026-05-01"' in page


def test_a_name_that_several_have_is_asked_about(api, ann):
    routines = RoutineFactory.create_batch(2, user=ann, name="Push Day")

    response, page = page_of(api, "/api/history?routineId=push+day&pageSize=50")

    assert response.status_code == 400
    assert "Which one do you mean?" in page
    for routine in routines:
        link = f'href="/api/history?routineId={routine.pk}&amp;pageSize=50"'
        assert f"{link}>Push Day ({routine.pk})</a>" in page


def test_a_name_that_nothing_has_is_kept_with_the_error(api, ann):
    RoutineFactory(name="Push Day")  # Another user's.

    response, page = page_of(api, "/api/history?routineId=Push+Day")

    assert response.status_code == 400
    assert "Nothing here has this name." in page
    assert 'value="Push Day"' in page


def test_clients_that_send_a_name_get_an_error(api, bench_press):
    response = api.get("/api/history?exerciseId=Bench+Press")

    assert response.status_code == 400
    assert response.json()["errors"][0]["pointer"] == "?exerciseId"


@pytest.mark.parametrize("name", ["exerciseId", "from", "category", "pageSize", "cursor", "since"])
def test_no_query_breaks_a_page(api, name):
    for path in ("/api/history", "/api/exercises", "/api/sync", "/api/routines"):
        for value in ("%00", "%FF", "%ED%A0%80", "9" * 5000, "²", "[", "a" * 5000, "+"):
            response, _ = page_of(api, f"{path}?{name}={value}&{name}=")

            assert response.status_code in (200, 302, 400)


def test_what_users_write_is_never_markup(api, ann):
    evil = "<script>alert(1)</script>\"'><b>"
    User.objects.filter(pk=ann.pk).update(name=evil)
    routine = RoutineFactory(user=ann, name=evil, notes=evil)
    SessionFactory(user=ann, routine_id=routine.pk, notes=evil)

    pages = (f"/api/routines/{routine.pk}", "/api/routines", "/api/history", "/api/auth/me")
    for path in (*pages, f"/api/history?routineId={routine.pk}", f"/api/routines?search={evil}"):
        _, page = page_of(api, path)
        assert "<script>alert" not in page
        assert "<b>" not in page


def test_a_curator_chooses_what_an_export_is_written_in(staff, bench_press):
    _, page = page_of(staff, "/api/exercises/export")
    response, _ = page_of(staff, "/api/exercises/export?format=csv&search=&category=")

    assert '<option value="csv">CSV</option>' in page
    assert response["Location"] == "/api/exercises/export?format=csv"
    download = staff.get(response["Location"], headers=HTML)
    assert b"Bench Press" in b"".join(download.streaming_content)


def test_sessions_of_an_archived_exercise_are_found_by_its_name(api, ann):
    exercise = ExerciseFactory(name="Dip", is_archived=True)
    ExerciseFactory(name="Dip Machine", is_archived=True)

    response, _ = page_of(api, "/api/history?exerciseId=dip")

    assert response["Location"] == f"/api/history?exerciseId={exercise.pk}"


def test_set_filters_are_named_and_stay_folded(api, db):
    ExerciseFactory(category="strength", level="beginner")

    _, page = page_of(api, "/api/exercises?category=strength&level=beginner&search=x")
    _, wrong = page_of(api, "/api/exercises?ordering=x")

    assert "<details>\n<summary>More filters (set: Category, Level)</summary>" in page
    assert "<details open>\n<summary>More filters (set: Ordering)</summary>" in wrong


def test_a_table_has_one_landmark(api, ann):
    _, page = page_of(api, f"/api/routines/{RoutineFactory(user=ann).pk}")

    assert 'role="region" aria-label="Exercises"' in page
    assert 'aria-labelledby="section-2"' not in page


def test_fields_have_labels_for_people(api, ann):
    _, filters = page_of(api, "/api/history")
    _, checkbox = page_of(api, "/api/exercises")

    assert ">From (UTC)</label>" in filters
    assert ">Before (UTC)</label>" in filters
    assert "Shows archived exercises, too." in checkbox


def test_whoever_is_not_signed_in_reads_nothing_about_tokens(anonymous, db):
    _, page = page_of(anonymous, "/api/routines")

    assert "<p>Sign in first.</p>" in page
