"""The start pages `/` and `/api/`."""

import re

import pytest
from django.db import OperationalError

from accounts.signing_in.browser_sessions import SessionStore
from accounts.tests.factories import UserFactory
from fitness_project.database.outage import outage

HTML = {"accept": "text/html"}
BROWSER = {"accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
CURATORS = {"", "/api/exercises/export"}
everywhere = pytest.mark.parametrize("path", ["/", "/api", "/api/"])

pytestmark = pytest.mark.django_db


def links(page):
    return re.findall(r'href="([^"]+)"', page.content.decode())


@everywhere
def test_anybody_finds_the_way_in(client, path):
    page = client.get(path, headers=HTML)

    assert page.status_code == 200
    assert {"/sign-up", "/sign-in", "/api/docs", "/admin/"} <= set(links(page))


@everywhere
def test_a_client_gets_the_addresses_as_json(client, path):
    places = client.get(path).json()

    assert places["routines"] == "http://testserver/api/routines"
    assert {"history", "exercises", "sync", "account", "docs", "schema"} < set(places)


@everywhere
def test_a_stale_token_does_not_stand_in_the_way(client, path):
    assert client.get(path, headers={"authorization": "Bearer stale"}).status_code == 200


def test_every_call_is_listed_and_every_page_that_is_linked_exists(client):
    client.force_login(UserFactory(is_staff=True))
    calls = [
        (path, method.upper())
        for path, methods in client.get("/api/schema").json()["paths"].items()
        for method in methods
    ]

    page = client.get("/", headers=HTML)

    text = page.content.decode()
    assert len(calls) > 30
    assert all(path in text for path, _ in calls)
    assert len(re.findall("<code>(GET|POST|PUT|PATCH|DELETE)</code>", text)) == len(calls)
    pages = {link.partition("#")[0] for link in links(page) if not link.startswith("/static/")}
    opened = {link: client.get(link, headers=BROWSER) for link in pages - CURATORS}
    broken = {
        link: page.status_code
        for link, page in opened.items()
        if page.status_code != 200 and b"only a form to send" not in page.content
    }
    assert not broken


def test_calls_that_only_take_a_post_are_linked_where_they_have_a_form(client, ann):
    anonymous = links(client.get("/", headers=HTML))
    client.force_login(ann)

    signed_in = links(client.get("/", headers=HTML))

    assert "/api/auth/password" not in anonymous
    assert {"/api/auth/password", "/api/auth/email"} <= set(signed_in)


def test_whoever_is_signed_in_sees_it(client, ann):
    client.force_login(ann)

    page = client.get("/", headers=HTML).content.decode()

    assert ann.email in page
    assert "Sign out" in page
    assert "/sign-up" not in page


def test_problems_are_pages_in_a_browser(client):
    unknown = client.get("/api?serach=legs", headers=HTML)
    method = client.delete("/", headers=HTML)

    assert (unknown.status_code, method.status_code) == (400, 405)
    assert "?serach" in unknown.content.decode()
    assert "<h1>405 Method Not Allowed</h1>" in method.content.decode()
    assert "GET" in method["Allow"]


def test_an_error_of_ours_is_a_page_and_logged(client, monkeypatch, caplog):
    monkeypatch.setattr("fitness_project.home.paths_by_resource", lambda: 1 / 0)
    client.raise_request_exception = False

    page = client.get("/", headers=HTML)

    assert page.status_code == 500
    assert "<h1>500 Internal Server Error</h1>" in page.content.decode()
    assert caplog.records[-1].exc_info[0] is ZeroDivisionError


def test_the_start_page_is_there_while_the_database_is_not(client, command_log, monkeypatch):
    client.get("/", headers=HTML)
    monkeypatch.setattr(outage, "is_on", lambda: True)
    command_log.clear()

    page = client.get("/", headers=HTML)

    assert page.status_code == 200
    assert not command_log


class TestPagesOfProblems:
    def test_one_that_knows_the_visitor_has_a_way_out(self, client, ann, settings):
        client.force_login(ann)

        page = client.post("/", headers=HTML).content.decode()

        assert ann.email in page
        assert 'name="csrfmiddlewaretoken"' in page

    def test_one_during_an_outage_claims_nothing_about_the_visitor(self, client, ann, monkeypatch):
        def fail(_):
            raise OperationalError("no server")

        client.force_login(ann)
        monkeypatch.setattr(SessionStore, "load", fail)

        page = client.get("/", headers=HTML)

        assert page.status_code == 503
        assert "Sign in" not in page.content.decode()
        assert "Sign out" not in page.content.decode()
