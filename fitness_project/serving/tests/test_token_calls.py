"""What browsers need is passed by where a call brings its token, and nothing else is."""

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

# A page in a browser is asked for without a token.
FOR_DOCUMENTS = {"Cross-Origin-Opener-Policy", "Referrer-Policy", "X-Frame-Options"}


@pytest.fixture
def _nothing_is_passed_by(monkeypatch):
    monkeypatch.setattr(token_calls, "brings_token", lambda request: False)


@pytest.mark.parametrize(("verb", "path", "body"), CALLS)
@pytest.mark.parametrize(
    "headers",
    [{}, {"origin": "https://app.example"}, {"origin": "https://app.example", "host": "other"}],
)
def test_the_answer_is_the_same_either_way(api, settings, request, verb, path, body, headers):
    settings.CORS_ALLOWED_ORIGINS = ["https://app.example"]
    headers = {**headers, "x-request-id": "same"}

    short = getattr(api, verb)(path, body, headers=headers)
    request.getfixturevalue("_nothing_is_passed_by")
    long = getattr(api, verb)(path, body, headers=headers)

    assert short.status_code == long.status_code
    assert short.status_code == 400 or "host" not in headers
    assert short.content == long.content
    assert dict(short.headers) == {
        name: value for name, value in long.headers.items() if name not in FOR_DOCUMENTS
    }


def test_a_browser_may_bring_a_token(api):
    page = api.get("/api/routines", headers={"accept": "text/html"})

    assert page.status_code == 200
    assert b"<html" in page.content


@pytest.mark.parametrize(
    ("header", "status"), [("Bearer", 401), ("Bearer x", 401), ("bearer x", 401), ("Basic x", 403)]
)
def test_no_header_gets_a_session_past_csrf(ann, header, status):
    browser = Client(enforce_csrf_checks=True, headers={"authorization": header})
    browser.force_login(ann)

    assert browser.post("/api/routines", {}, "application/json").status_code == status
    assert browser.post("/admin/login/", {}).status_code == 403


def test_a_call_with_a_token_passes_all_middleware_for_browsers(settings):
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


@pytest.mark.parametrize("is_away", [False, True])
def test_a_preflight_is_answered_even_while_the_database_is_away(web_app, is_away):
    if is_away:
        outage.found()

    answer = web_app.options("/api/routines", headers={"access-control-request-method": "PUT"})

    assert answer.status_code == 200
    assert answer["Access-Control-Allow-Origin"] == "https://app.example"
    assert "PUT" in answer["Access-Control-Allow-Methods"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert outage.is_on() == is_away


def test_a_web_app_is_told_that_the_database_is_away(web_app):
    outage.found()

    answer = web_app.get("/api/routines")

    assert answer.status_code == 503
    assert answer["Access-Control-Allow-Origin"] == "https://app.example"
    assert "Retry-After" in answer["Access-Control-Expose-Headers"]


def test_only_calls_depend_on_the_origin(web_app, db):
    style = web_app.get("/static/admin/css/base.css")
    style.close()

    assert style.status_code == 200
    assert "Vary" not in style
    assert "origin" in web_app.get("/api/routines")["Vary"]
