"""Calls with a token skip the middleware for browsers, and nothing else."""

import pytest
from django.core.handlers.base import BaseHandler
from django.test import Client

from fitness_project.api.problems.handlers import ProblemMiddleware
from fitness_project.database.outage import outage
from fitness_project.serving import token_calls

CALLS = [
    ("get", "/api/routines", None),
    ("get", "/api/history/000000000000000000000001", None),
    ("get", "/api/exercises?pageSize=x", None),
    ("post", "/api/history", {"date": "yesterday"}),
    ("options", "/api/routines", None),
    ("delete", "/api/routines", None),
    ("get", "/api/nothing", None),
]

# Headers for pages in browsers, which send no token.
FOR_DOCUMENTS = {"Cross-Origin-Opener-Policy", "Referrer-Policy", "X-Frame-Options"}


@pytest.fixture
def _nothing_is_skipped(monkeypatch):
    monkeypatch.setattr(token_calls, "brings_token", lambda request: False)


@pytest.mark.parametrize(("verb", "path", "body"), CALLS)
@pytest.mark.parametrize(
    "headers",
    [{}, {"origin": "https://app.example"}, {"origin": "https://app.example", "host": "other"}],
)
def test_the_response_is_the_same_either_way(api, settings, request, verb, path, body, headers):
    settings.CORS_ALLOWED_ORIGINS = ["https://app.example"]
    headers = {**headers, "x-request-id": "same"}

    short = getattr(api, verb)(path, body, headers=headers)
    request.getfixturevalue("_nothing_is_skipped")
    long = getattr(api, verb)(path, body, headers=headers)

    assert short.status_code == long.status_code
    assert short.status_code == 400 or "host" not in headers
    assert short.content == long.content
    assert dict(short.headers) == {
        name: value for name, value in long.headers.items() if name not in FOR_DOCUMENTS
    }


def test_a_browser_may_send_a_token(api):
    page = api.get("/api/routines", headers={"accept": "text/html"})

    assert page.status_code == 200
    assert b"<html" in page.content


@pytest.mark.parametrize(
    ("header", "status"), [("Bearer", 401), ("Bearer x", 401), ("bearer x", 401), ("Basic x", 403)]
)
def test_no_authorization_header_lets_a_session_bypass_csrf(ann, header, status):
    browser = Client(enforce_csrf_checks=True, headers={"authorization": header})
    browser.force_login(ann)

    assert browser.post("/api/routines", {}, "application/json").status_code == status
    assert browser.post("/admin/login/", {}).status_code == 403


def test_a_call_with_a_token_skips_all_middleware_for_browsers(settings):
    handler = BaseHandler()
    handler.load_middleware()
    middleware = handler._middleware_chain.__wrapped__
    while not isinstance(middleware, token_calls.TokenCallMiddleware):
        middleware = middleware.get_response.__wrapped__

    following = middleware.past_browsers.__wrapped__

    assert isinstance(following, ProblemMiddleware)
    assert settings.MIDDLEWARE[-1].endswith(".ProblemMiddleware")


@pytest.fixture
def web_app(settings):
    settings.CORS_ALLOWED_ORIGINS = ["https://app.example"]
    return Client(headers={"origin": "https://app.example"})


@pytest.mark.parametrize("is_outage", [False, True])
def test_a_preflight_succeeds_even_during_an_outage(web_app, is_outage):
    if is_outage:
        outage.found()

    response = web_app.options("/api/routines", headers={"access-control-request-method": "PUT"})

    assert response.status_code == 200
    assert response["Access-Control-Allow-Origin"] == "https://app.example"
    assert "PUT" in response["Access-Control-Allow-Methods"]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert outage.is_on() == is_outage


def test_a_web_app_can_read_the_503_of_an_outage(web_app):
    outage.found()

    response = web_app.get("/api/routines")

    assert response.status_code == 503
    assert response["Access-Control-Allow-Origin"] == "https://app.example"
    assert "Retry-After" in response["Access-Control-Expose-Headers"]


def test_a_web_app_can_read_the_name_of_a_file(web_app, ann):
    web_app.force_login(ann)

    response = web_app.get("/api/auth/export")

    assert "Content-Disposition" in response["Access-Control-Expose-Headers"]


def test_only_api_responses_vary_by_origin(web_app, db):
    style = web_app.get("/static/admin/css/base.css")
    style.close()

    assert style.status_code == 200
    assert "Vary" not in style
    assert "origin" in web_app.get("/api/routines")["Vary"]


@pytest.mark.django_db
def test_a_health_check_has_its_length(client):
    response = client.get("/healthz")

    assert response["Content-Length"] == str(len(response.content))
