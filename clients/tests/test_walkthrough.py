"""The walk in Python, followed as a reader would."""

import re
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from clients.python.walkthrough import Api, Problem

WALK = Path(__file__).resolve().parents[1] / "python/walkthrough.py"
PRINTED = """
Signed in as <id>@example.com
Read 21 barbell exercises, in pages of 10
Recorded Barbell Back Squat on 2026-11-21T18:30:00.000Z
Wrong fields: /date /exercises/0/sets
Copied 138 exercises, 1 routines, 1 history
Refused: 412 precondition_failed
Changed to Pull day with the notes From the phone
Deleted the session, with a new access token
Copied 138 exercises, 1 routines, 0 history
Deleted the account
"""


def test_the_walk_reaches_its_end(service):
    walk = subprocess.run(
        [sys.executable, WALK, service.url], capture_output=True, text=True, check=False
    )

    assert walk.stderr == ""
    assert re.sub(r"\b[0-9a-f]{32}\b", "<id>", walk.stdout) == PRINTED.lstrip()


@pytest.fixture
def api(monkeypatch):
    """An API that gives one response after another: those of its list, once Api is signed in."""
    responses = [httpx.Response(201, json={"access": "a", "refresh": "r"})]
    monkeypatch.setattr(httpx.HTTPTransport, "handle_request", lambda *_: responses.pop(0))
    api = Api("http://service.example", "ann@example.com")
    api.responses = responses
    return api


def page_of_a_proxy(status):
    return httpx.Response(status, html="<h1>Please wait</h1>", headers={"Retry-After": "0"})


def problem(status, code):
    headers = {"Content-Type": "application/problem+json", "Retry-After": "0"}
    return httpx.Response(status, json={"code": code, "detail": "Wait."}, headers=headers)


@pytest.mark.parametrize(
    "response",
    [page_of_a_proxy(502), page_of_a_proxy(504), problem(503, "busy"), problem(409, "conflict")],
)
def test_what_may_succeed_soon_is_sent_again(api, response):
    api.responses += [response, httpx.Response(200, json={"results": []})]

    assert api.call("GET", "/api/routines") == {"results": []}


def test_other_conflicts_are_not_sent_again(api):
    api.responses.append(problem(409, "limit"))

    with pytest.raises(Problem, match="409 limit"):
        api.create("/api/routines", {})


def test_a_response_of_a_proxy_is_a_problem_too():
    refused = Problem(page_of_a_proxy(502))

    assert str(refused) == "502 : Bad Gateway []"
