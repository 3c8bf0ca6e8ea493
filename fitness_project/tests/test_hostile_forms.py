"""Forms that no page has made: none of them is a 500, and none writes what it shouldn't."""

from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exercises.tests.factories import ExerciseFactory
from routines.models import Routine
from routines.tests.factories import RoutineFactory

from .pages import HTML, browser_of

pytestmark = pytest.mark.django_db

LONG = f"exercises/{'9' * 5000}"  # More digits than Python reads.
URLENCODED = "application/x-www-form-urlencoded"
quick = settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture
def browser(ann):
    browser = browser_of(ann)
    browser.get("/api/routines")  # Sets the cookie with the token.
    return browser


@pytest.fixture
def send(browser):
    """Sends any body as a form, with a valid token."""

    def send(path, body, content_type=URLENCODED):
        token = browser.client.cookies["csrftoken"].value
        headers = {"X-CSRFToken": token}
        return browser.client.generic("POST", path, body, content_type, headers=headers)

    return send


@pytest.mark.parametrize(
    "fields",
    [
        [("name", "A"), *((f"field{number}", "x") for number in range(10_000))],
        {"name": "A", "a/b/c": "x"},
        {"name": "A", "exercises/0/sets/1/2": "x"},
        {"name": "A", "exercises/-1/sets": "1"},
        {"name": "A", "exercises/1e3/sets": "1"},
        {"name": "A", "exercises/99999999999999999999/sets": "1"},
        {"name": "A\0"},
        {"name": "A", "exercises": "x"},
        {"name": "A", "_json": "{}"},
        {"_json": '{"name": "A", "exercises": {}}'},
        {"_json": "[" * 10_000},
        {"_json": "NaN"},
        {"name": "A", "_method": "TRACE"},
        {"name": "A", "_method": "post"},
        {"name": "A", "_method": "\0"},
        {"name": "A", "notes": "\ud800".encode(errors="surrogatepass")},
        {"name": "A", "exercises/0/exerciseId": "5f0000000000000000000001"},
        {"name": "A", "exercises/0/exerciseId": "\0", "_text/exercises/0/exerciseId": "\0"},
        {"name": "A", "_text/exercises/0/exerciseId": "x " * 50_000},
    ],
    ids=lambda fields: str(fields)[:40],
)
def test_a_form_that_means_nothing_is_a_400(send, fields):
    response = send("/api/routines", urlencode(fields))

    assert response.status_code == 400
    assert response["Content-Type"].startswith("text/html")
    assert not Routine.objects.exists()


def test_the_number_of_a_row_says_nothing(send):
    exercise = ExerciseFactory()
    row = "exercises/99999999/"
    fields = {f"{row}exerciseId": exercise.pk, f"{row}sets": "1", f"{row}reps": "2"}

    assert send("/api/routines", urlencode({"name": "A", **fields})).status_code == 303
    assert len(Routine.objects.get().exercises) == 1


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"name=%ff", URLENCODED),
        (b"name=\xff", URLENCODED),
        (b"name=A", f"{URLENCODED}; charset=utf-16"),
        (b"name=A", "multipart/form-data"),
        (b"name=A", "multipart/form-data; boundary=x"),
        (b'--x\r\nContent-Disposition: form-data; name="name"\r\n\r\n\xff\r\n--x--\r\n', "x"),
        (b'--x\r\nContent-Disposition: form-data; name="name"\r\n\r\nA\r\n--x--\r\n', "rot13"),
    ],
)
def test_a_body_that_cannot_be_read_is_a_400(send, body, content_type):
    if "/" not in content_type:
        content_type = f"multipart/form-data; boundary=x; charset={content_type}"

    assert send("/api/routines", body, content_type).status_code == 400
    assert not Routine.objects.exists()


def test_a_body_that_is_too_large_is_a_413(send):
    assert send("/api/routines", "name=" + "x" * 2**20).status_code == 413


def test_a_form_may_come_in_parts_and_its_files_are_ignored(browser):
    token = browser.client.cookies["csrftoken"].value
    fields = {"name": "A", "csrfmiddlewaretoken": token}

    assert browser.post("/api/routines", fields).status == 303


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_a_form_for_a_method_that_the_call_lacks_is_a_405(send, method):
    response = send("/api/routines", urlencode({"_method": method, "name": "A"}))

    assert response.status_code == 405
    assert b"_method" not in response.content


@pytest.mark.parametrize("path", ["/api/sync", "/api/auth/export"])
def test_a_form_for_a_call_that_only_reads_is_a_405(send, path):
    assert send(path, urlencode({"name": "A"})).status_code == 405


@pytest.mark.parametrize("edit", ["_add", "_remove", "_up", "_down", "_find"])
@pytest.mark.parametrize(
    "target", ["", "exercises", "exercises/7", "exercises/x", "a/b/c", "\0", LONG]
)
def test_a_button_that_is_not_there_changes_nothing(send, edit, target):
    response = send("/api/routines", urlencode({"name": "A", edit: target, "_method": "DELETE"}))

    assert response.status_code == 200
    assert not Routine.objects.exists()


@pytest.mark.parametrize("if_match", ["x", "*", '"5f0000000000000000000001"', "\0"])
def test_a_form_cannot_claim_any_version(send, ann, if_match):
    path = f"/api/routines/{RoutineFactory(user=ann, name='A').pk}"
    fields = {"_method": "DELETE", "_if_match": if_match}

    assert send(path, urlencode(fields)).status_code in (303, 412)


def test_a_form_reaches_only_what_is_the_users_own(send):
    path = f"/api/routines/{RoutineFactory(name='Theirs').pk}"

    for method in ("PUT", "PATCH", "DELETE"):
        response = send(path, urlencode({"_method": method, "name": "Mine"}))
        assert response.status_code == 404
        assert b"Theirs" not in response.content
    assert Routine.objects.get().name == "Theirs"


def test_what_was_typed_is_text_on_the_page(send):
    text = '"><script>alert(1)</script>'
    fields = {"name": " ", "notes": text, "_text/exercises/0/exerciseId": text, text: text}

    for more in ({}, {"_find": text}, {"_json": text}, {"_method": text}, {"_if_match": text}):
        page = send("/api/routines", urlencode({**fields, **more}))
        assert b"<script>alert" not in page.content


FIELDS = ["name", "notes", "exercises/0/sets", "exercises/1/exerciseId"]
RESERVED = ["_json", "_method", "_if_match", "_add", "_up", "_remove", "_find"]
names = st.sampled_from([*FIELDS, *RESERVED, "_text/exercises/0/exerciseId", "_row/exercises/3"])
texts = st.text(max_size=40) | st.sampled_from(["exercises/0", "PUT", "1e999", "0", "{}", '"a"'])


@given(fields=st.dictionaries(names | st.text(max_size=20), texts, max_size=8))
@quick
def test_no_form_is_a_500(send, fields):
    body = urlencode({name: text.encode(errors="surrogatepass") for name, text in fields.items()})

    for path in ("/api/routines", "/api/history", "/api/auth/me", "/api/auth/login"):
        assert send(path, body).status_code < 500


def test_signed_out_nothing_is_written(anonymous, ann):
    routine = RoutineFactory(user=ann)
    fields = urlencode({"_method": "DELETE"})

    path = f"/api/routines/{routine.pk}"
    response = anonymous.post(path, fields, content_type=URLENCODED, headers=HTML)

    assert response.status_code == 401
    assert Routine.objects.filter(name=routine.name).exists()


@pytest.mark.parametrize("size", ["9" * 5000, "\N{SUPERSCRIPT TWO}", "x"])
def test_a_filter_with_a_senseless_number_is_a_400(browser, size):
    assert browser.get(f"/api/exercises?pageSize={size}").status == 400


@pytest.mark.parametrize("path", ["/api", "/api/", "/"])
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_the_start_pages_take_no_forms(send, path, method):
    assert send(path, f"_method={method}").status_code == 405


def test_a_form_without_a_token_is_refused_at_the_start_pages(browser):
    assert browser.client.post("/api/").status_code == 403
