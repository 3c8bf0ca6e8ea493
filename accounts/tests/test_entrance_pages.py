"""The pages on which people sign up, in and out."""

import re
from html import unescape

import pytest
from django.test import Client
from pymongo.errors import ServerSelectionTimeoutError
from rest_framework.test import APIClient

from accounts.models import User
from accounts.signing_in import lockout
from accounts.tests.factories import PASSWORD, UserFactory

SIGN_UP, SIGN_IN, SIGN_OUT = "/sign-up", "/sign-in", "/sign-out"
NEW = {"email": "ann@example.com", "password": "correct horse 9", "name": "Ann"}
ELSEWHERE = ("https://evil.example/", "//evil.example", r"/\evil.example", "javascript:alert(1)")

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser():
    return Client(raise_request_exception=False)


def sign_up(browser, path=SIGN_UP, **changes):
    return browser.post(path, {**NEW, **changes})


def errors_of(page):
    """What the page's summary says about each field."""
    found = re.findall(r'<a href="#id_(\w+)">[^:]+: (.+?)</a>', page.content.decode())
    return [(field, unescape(text)) for field, text in found]


def is_signed_in(browser):
    return browser.get("/api/auth/me").status_code == 200


def test_signing_up_creates_an_account_and_signs_in(browser):
    done = sign_up(browser, email="Ann@Example.com")

    start = browser.get(done["Location"], headers={"accept": "text/html"}).content.decode()
    assert done["Location"] == "/"
    assert browser.get("/api/auth/me").json()["name"] == "Ann"
    assert "ann@example.com" in start
    assert "you are signed in" in start


@pytest.mark.parametrize(
    "wrong",
    [
        {"email": ""},
        {"email": "ann"},
        {"email": "a\0@example.com"},
        {"email": "a" * 300 + "@example.com"},
        {"password": ""},
        {"password": "12345678"},
        {"password": "x" * 1025},
        {"name": "A\nB"},
        {"name": "n" * 121, "email": "@"},
        {"email": "ann", "password": "12345678"},
    ],
)
def test_the_errors_are_those_of_the_api(browser, wrong):
    problem = APIClient().post("/api/auth/register", {**NEW, **wrong}).json()

    page = sign_up(browser, **wrong)

    expected = [(error["pointer"][1:], error["detail"]) for error in problem["errors"]]
    assert page.status_code == problem["status"]
    assert sorted(errors_of(page)) == sorted(expected)
    assert not User.objects.exists()


def test_a_weak_password_is_named_together_with_a_wrong_address(browser):
    page = sign_up(browser, email="correct horse", password="correct horse")

    fields = {field for field, _ in errors_of(page)}
    assert fields == {"email", "password"}


def test_a_taken_address_is_an_error_beside_its_field_and_what_was_typed_is_kept(browser):
    UserFactory(email=NEW["email"])

    page = sign_up(browser, name=" Ann <3 ")

    assert errors_of(page) == [("email", "This e-mail address is taken.")]
    assert 'value="ann@example.com"' in page.content.decode()
    assert 'value=" Ann &lt;3 "' in page.content.decode()
    assert NEW["password"] not in page.content.decode()


def test_the_limits_are_those_of_the_api(browser, monkeypatch):
    monkeypatch.setattr(lockout, "MAX_FAILURES_PER_ADDRESS", 1)
    UserFactory(email="bob@example.com")
    APIClient().post("/api/auth/register", {**NEW, "email": "bob@example.com"})

    page = sign_up(browser)

    assert page.status_code == 429
    assert int(page["Retry-After"]) > 0
    assert "Too many failed attempts. Try again in 15 minutes." in page.content.decode()
    assert 'value="ann@example.com"' in page.content.decode()


def test_the_page_says_that_registration_is_closed(browser, settings):
    settings.REGISTRATION_CLOSED = True
    page = browser.get(SIGN_UP, headers={"accept": "text/html"})

    refused = sign_up(browser)

    assert "Registration is closed." in page.content.decode()
    assert refused.status_code == 403
    assert not User.objects.exists()


@pytest.mark.parametrize("path", [SIGN_UP, SIGN_IN])
def test_whoever_is_signed_in_is_led_on(browser, ann, path):
    browser.force_login(ann)

    assert browser.get(f"{path}?next=/api/routines")["Location"] == "/api/routines"


def test_signing_up_leads_to_where_the_visitor_was(browser):
    page = browser.get(f"{SIGN_UP}?next=/api/history%3FpageSize=5").content.decode()

    done = sign_up(browser, f"{SIGN_UP}?next=/api/history%3FpageSize=5")

    assert 'name="next" value="/api/history?pageSize=5"' in page
    assert f'href="{SIGN_IN}?next=%2Fapi%2Fhistory%3FpageSize%3D5"' in page
    assert done["Location"] == "/api/history?pageSize=5"


@pytest.mark.parametrize("elsewhere", [*ELSEWHERE, "/sign-in", "/sign-up/", "http://[", "\0"])
def test_neither_page_leads_elsewhere_or_back_to_itself(browser, elsewhere):
    signed_up = browser.post(SIGN_UP, {**NEW, "next": elsewhere})
    again = browser.get(SIGN_IN, {"next": elsewhere})
    browser.post(SIGN_OUT)

    typed = {"username": NEW["email"], "password": NEW["password"], "next": elsewhere}
    signed_in = browser.post(SIGN_IN, typed)

    assert [page["Location"] for page in (signed_up, again, signed_in)] == ["/"] * 3


@pytest.mark.parametrize("name", ["ann@example.com", " ann@example.com ", "ann\0", "n" * 5000])
def test_a_wrong_password_is_refused_and_the_address_is_kept(browser, ann, name):
    page = browser.post(SIGN_IN, {"username": name, "password": "not this one"})

    assert page.status_code == 400
    assert 'id="error-summary"' in page.content.decode()
    assert f'value="{name}"' in page.content.decode()
    assert "not this one" not in page.content.decode()


def test_too_many_wrong_passwords_are_refused_and_the_page_says_for_how_long(browser, ann):
    typed = {"username": ann.email, "password": "not this one"}
    for _ in range(5):
        browser.post(SIGN_IN, typed)

    page = browser.post(SIGN_IN, {**typed, "password": PASSWORD})

    assert page.status_code == 429
    assert int(page["Retry-After"]) > 0
    assert "Try again in 15 minutes." in page.content.decode()
    assert f'value="{ann.email}"' in page.content.decode()


def test_the_address_of_the_sign_out_page_has_a_button_and_signs_nobody_out(browser, ann):
    browser.force_login(ann)
    page = browser.get(SIGN_OUT).content.decode()
    was_signed_in = is_signed_in(browser)

    done = browser.post(SIGN_OUT)

    assert '<button class="button">Sign out</button>' in page
    assert was_signed_in
    assert done["Location"] == "/"
    assert not is_signed_in(browser)


@pytest.mark.parametrize("path", [SIGN_UP, SIGN_IN, SIGN_OUT, "/password-reset"])
def test_forms_of_other_sites_are_refused(path):
    browser = Client(enforce_csrf_checks=True)

    refused = browser.post(path, NEW, headers={"accept": "text/html"})

    assert refused.status_code == 403
    assert "Reload the page that has the form" in refused.content.decode()
    assert not User.objects.exists()


@pytest.mark.parametrize("path", [SIGN_UP, SIGN_IN, SIGN_OUT, "/password-reset", "/admin/login/"])
def test_another_method_is_a_problem_like_any_other(browser, path):
    answer = browser.delete(path)

    assert answer.status_code == 405
    assert answer.json()["code"] == "method_not_allowed"
    assert "POST" in answer["Allow"]


@pytest.mark.parametrize("path", [SIGN_UP, SIGN_IN, "/password-reset"])
@pytest.mark.parametrize("body", [b"", b"email=%ff&username=%ff&password=%ff&name=%00", b"%%&=&a"])
def test_whatever_is_sent_is_at_worst_refused(browser, path, body):
    answer = browser.post(path, body, "application/x-www-form-urlencoded")

    assert answer.status_code == 400


@pytest.mark.parametrize("path", [SIGN_UP, SIGN_IN])
def test_a_form_stays_filled_in_while_the_database_is_not_there(browser, monkeypatch, path):
    def fail(*args, **kwargs):
        raise ServerSelectionTimeoutError("gone")

    for name in ("aggregate", "find_one", "find_one_and_update", "insert_one"):
        monkeypatch.setattr(f"pymongo.collection.Collection.{name}", fail)

    page = browser.post(path, {**NEW, "username": NEW["email"]})

    assert page.status_code == 503
    assert int(page["Retry-After"]) > 0
    assert f'value="{NEW["email"]}"' in page.content.decode()
