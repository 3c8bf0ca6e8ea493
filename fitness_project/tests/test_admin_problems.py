"""Problems in the admin look like the admin, and lead back to it."""

import pytest
from django.contrib.admin.sites import AdminSite
from django.db import OperationalError
from django.test import Client

from accounts.signing_in.browser_sessions import SessionStore
from accounts.tests.factories import UserFactory

BROWSER = {"accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
INDEX, USERS = "/admin/", "/admin/accounts/user/"

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser():
    browser = Client(enforce_csrf_checks=True, raise_request_exception=False)
    browser.force_login(UserFactory(is_staff=True))
    return browser


def fail(*_, **__):
    raise OperationalError("no server")


def is_of_the_admin(page):
    text = page.content.decode()
    has_its_style = "admin/css/base.css" in text and "admin/css/dark_mode.css" in text
    return has_its_style and f'<a href="{INDEX}">Back to the administration</a>' in text


@pytest.mark.parametrize(
    ("method", "path", "title"),
    [
        ("get", "/admin/nope/", "404 Not Found"),
        ("get", USERS, "403 Forbidden"),
        ("post", "/admin/login/", "403 Forbidden"),
    ],
)
def test_a_problem_looks_like_the_admin(browser, method, path, title):
    page = getattr(browser, method)(path, headers=BROWSER)

    assert is_of_the_admin(page)
    assert f"<h1>{title}</h1>" in page.content.decode()
    assert page["X-Request-Id"] in page.content.decode()


def test_a_request_that_makes_no_sense_looks_like_the_admin(browser):
    browser.force_login(UserFactory(is_staff=True, is_superuser=True))

    page = browser.get(f"{USERS}?name__regex=(", headers=BROWSER)

    assert page.status_code == 400
    assert is_of_the_admin(page)


def test_a_failed_csrf_check_says_what_to_do(browser):
    page = browser.post("/admin/login/", headers=BROWSER)

    assert "Reload the page" in page.content.decode()


def test_an_outage_looks_like_the_admin(browser, monkeypatch):
    monkeypatch.setattr(SessionStore, "load", fail)

    page = browser.get(INDEX, headers=BROWSER)

    assert page.status_code == 503
    assert page["Retry-After"]
    assert is_of_the_admin(page)


def test_an_error_of_ours_looks_like_the_admin(browser, monkeypatch):
    monkeypatch.setattr(AdminSite, "each_context", lambda *_: 1 / 0)

    page = browser.get(INDEX, headers=BROWSER)

    assert page.status_code == 500
    assert is_of_the_admin(page)


def test_the_page_of_a_problem_needs_no_database(browser, command_log, monkeypatch):
    monkeypatch.setattr(SessionStore, "load", fail)
    command_log.clear()

    browser.get(INDEX, headers=BROWSER)
    browser.post("/admin/login/", headers=BROWSER)

    assert not command_log


def test_other_clients_and_other_paths_get_what_they_got(browser):
    as_json = browser.get("/admin/nope/", headers={"accept": "application/json"})
    elsewhere = browser.get("/nope", headers=BROWSER)

    assert as_json["Content-Type"] == "application/problem+json"
    assert not is_of_the_admin(elsewhere)
