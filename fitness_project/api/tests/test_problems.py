"""Every error is an RFC 9457 problem, whatever went wrong."""

import pytest
from django.test import Client

from accounts.tests.factories import UserFactory
from fitness_project.api.http.renderers import dump_json
from routines.models import Routine

ROUTINES = "/api/routines"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


def send(client, body, content_type="application/json", path=ROUTINES):
    return client.generic("POST", path, body, content_type)


def test_a_problem_says_what_is_wrong_and_where(api):
    response = api.post(ROUTINES, {"name": "", "exercises": [{"sets": 0}], "a/b~c": 1})

    problem = response.json()
    assert response["Content-Type"] == "application/problem+json"
    assert {key: problem[key] for key in ("type", "title", "status", "code", "detail")} == {
        "type": "about:blank",
        "title": "Bad Request",
        "status": 400,
        "code": "invalid",
        "detail": "5 fields are not valid.",
    }
    assert problem["requestId"] == response["X-Request-Id"]
    assert {(e["pointer"], e["code"]) for e in problem["errors"]} == {
        ("/name", "blank"),
        ("/exercises/0/exerciseId", "required"),
        ("/exercises/0/sets", "min_value"),
        ("/exercises/0/reps", "required"),
        ("/a~1b~0c", "unknown"),
    }


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"nul",
        b"\xff\xfe",
        b'{"name": "\xff"}',
        rb'{"name": "\ud800"}',
        b'{"name": NaN}',
        b'{"name": Infinity}',
        b'{"name": "a", "exercises": [{"weight": 1e999}]}',
        b'{"name": "a", "exercises": [{"reps": 99999999999999999999999999}]}',
        rb'{"name": "\u0000"}',
        b'{"$where": "1", "a.b": 2}',
        b'{"name": "a", "name": "b"}',
        b"null",
        b"[]",
        b'"text"',
        b"5",
        b"true",
        b"[" * 100_000,
        b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
    ],
)
@pytest.mark.parametrize("path", [ROUTINES, "/api/history", "/api/auth/login"])
def test_an_invalid_body_gets_a_400_and_stores_nothing(api, body, path):
    response = send(api, body, path=path)

    assert response.status_code == 400
    assert response.json()["requestId"]
    assert not Routine.objects.exists()


def test_a_body_over_one_mebibyte_is_refused(api):
    response = send(api, b'{"name": "' + b"a" * 1024 * 1024 + b'"}')

    assert response.status_code == 413
    assert response.json()["code"] == "too_large"


@pytest.mark.parametrize("content_type", ["text/plain", "multipart/form-data; boundary=x", "x", ""])
def test_a_body_that_is_not_json_is_refused(api, content_type):
    assert send(api, b"name=a", content_type).status_code == 415


def test_an_unsupported_method_gets_a_405(api):
    response = api.delete(ROUTINES)

    assert response.status_code == 405
    assert "GET" in response["Allow"]


def test_an_unknown_path_is_a_problem(client):
    response = client.get("/nowhere")

    assert response.status_code == 404
    assert response.json()["code"] == "not_found"


def test_a_wrong_host_is_a_problem(client):
    response = client.get("/api/exercises", HTTP_HOST="evil.example")

    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    assert "ALLOWED_HOSTS" in response.json()["detail"]


def test_a_compressed_body_is_refused(api):
    response = api.post(ROUTINES, {"name": "Legs"}, headers={"Content-Encoding": "gzip"})

    assert response.status_code == 415
    assert "Content-Encoding" in response.json()["detail"]


def test_a_key_that_frameworks_use_is_an_ordinary_key(api):
    response = send(api, b'{"non_field_errors": 1, "name": "Push", "exercises": []}')

    assert "/non_field_errors" in {error["pointer"] for error in response.json()["errors"]}


def test_at_most_a_hundred_errors_are_listed(api):
    response = send(api, dump_json({f"key{n}": n for n in range(5_000)}))

    assert len(response.json()["errors"]) == 100
    assert response.json()["detail"] == "100 or more fields are not valid."


@pytest.mark.parametrize("verb", ["options", "post", "put", "delete"])
def test_the_docs_page_is_read_only(client, verb):
    assert getattr(client, verb)("/api/docs").status_code == 405


def test_public_pages_ignore_an_invalid_token(client):
    for path in ("/api/docs", "/api/schema", "/healthz"):
        assert client.get(path, headers={"Authorization": "Bearer x"}).status_code == 200


def test_a_browser_gets_the_problem_as_a_page_of_the_browsable_api(api):
    response = api.get(f"{ROUTINES}/none", HTTP_ACCEPT="text/html")

    assert response.status_code == 404
    assert response["Content-Type"].startswith("text/html")
    assert "not_found" in response.content.decode()


class TestProblemsOutsideTheAPI:
    """Problems outside the views of the API."""

    @pytest.mark.parametrize(
        ("method", "path", "status", "title"),
        [
            ("get", "/nope", 404, "Not Found"),
            ("get", "/api/nope", 404, "Not Found"),
            ("get", "/admin/nope/", 404, "Not Found"),
            ("get", "/admin/accounts/user/", 403, "Forbidden"),
            ("post", "/admin/login/", 403, "Forbidden"),
        ],
    )
    def test_a_browser_gets_a_page(self, db, method, path, status, title):
        browser = Client(enforce_csrf_checks=True)
        browser.force_login(UserFactory(is_staff=True))

        response = getattr(browser, method)(path, headers={"accept": BROWSER})

        page = response.content.decode()
        assert response.status_code == status
        assert response["Content-Type"].startswith("text/html")
        assert f"<h1>{status} {title}</h1>" in page
        assert response["X-Request-Id"] in page

    @pytest.mark.parametrize(
        "accept", ["*/*", "application/json", "image/png", "", "text/html; q*=x'y'z", "\xff;\xff"]
    )
    def test_other_clients_get_json(self, client, accept):
        response = client.get("/nope", headers={"accept": accept})

        assert response.status_code == 404
        assert response["Content-Type"] == "application/problem+json"
        assert "Accept" in response["Vary"]

    def test_the_admin_says_how_long_to_wait_after_too_many_attempts(self, client, ann):
        client.raise_request_exception = False
        guess = {"username": ann.email, "password": "not this one"}
        for _ in range(5):
            client.post("/admin/login/", guess)

        response = client.post("/admin/login/", guess, headers={"accept": BROWSER})

        assert response.status_code == 429
        assert int(response["Retry-After"]) > 0
        assert "Too many failed attempts." in response.content.decode()


def test_an_error_says_what_would_be_right(api):
    text = api.post("/api/routines", "{}", content_type="text/plain")
    image = api.get("/api/routines", headers={"accept": "image/png"})
    choice = api.patch("/api/auth/me", {"weightUnit": "stone"})

    assert (text.status_code, text.json()["detail"]) == (
        415,
        "The body must be application/json.",
    )
    assert image.status_code == 406
    assert "application/json" in image.json()["detail"]
    assert choice.json()["errors"][0]["detail"] == "Expected one of: kg, lb."


def test_the_summary_counts_fields_not_errors(client):
    body = {"email": "ann@example.com", "password": "12345678"}

    problem = client.post("/api/auth/register", body, "application/json").json()

    assert len(problem["errors"]) > 1
    assert problem["detail"] == "One field is not valid."
