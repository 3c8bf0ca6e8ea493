"""Signing in to the admin, and what those do who have forgotten their password."""

import re

import pytest
from django.core import mail
from django.test import Client

from accounts.mail import background
from accounts.signing_in import lockout
from accounts.tests.calls import login
from accounts.tests.factories import PASSWORD, UserFactory

SIGN_IN, RESET = "/admin/login/", "/admin/password_reset/"
NEW = "another horse 9"

pytestmark = pytest.mark.django_db


@pytest.fixture
def curator():
    return UserFactory(email="cleo@example.com", is_staff=True)


def choose_password(browser):
    """Follows the link in the only e-mail."""
    (message,) = mail.outbox
    link = re.search(r"http://testserver(/password-reset/\S+)", message.body)[1]
    page = browser.get(link, follow=True)
    typed = {"new_password1": NEW, "new_password2": NEW}
    return browser.post(page.redirect_chain[-1][0], typed, follow=True)


@pytest.mark.parametrize("path", [SIGN_IN, "/sign-in/login"])
def test_sign_in_leads_to_the_password_reset(client, path):
    page = client.get(path).content.decode()

    assert f'<a href="{RESET}">Forgotten your password?</a>' in page
    assert client.get(RESET).status_code == 200


@pytest.mark.parametrize("path", [SIGN_IN, "/sign-in/login"])
def test_the_case_of_an_email_address_makes_no_difference_and_sign_in_says_so(
    client, curator, path
):
    wrong = client.post(path, {"username": "CLEO@example.com", "password": PASSWORD.upper()})
    right = client.post(path, {"username": "CLEO@example.com", "password": PASSWORD})

    assert "but not in the e-mail address" in wrong.content.decode()
    assert "may be case-sensitive" not in wrong.content.decode()
    assert right.status_code == 302


def test_staff_who_have_forgotten_their_password_come_back_to_the_admins_sign_in(client, curator):
    client.post(RESET, {"email": "CLEO@example.com"})

    done = choose_password(client)

    assert f'href="{SIGN_IN}"' in done.content.decode()
    signed_in = client.post(SIGN_IN, {"username": curator.email, "password": NEW})
    assert signed_in.status_code == 302


def test_users_of_the_app_are_not_led_to_the_admin(client, ann):
    client.post(RESET, {"email": ann.email})

    done = choose_password(client)

    assert f'href="{SIGN_IN}"' not in done.content.decode()
    assert login(NEW).status_code == 200


def test_a_link_that_does_not_work_leads_to_another(client):
    page = client.get("/password-reset/x/y/").content.decode()

    assert f'<a href="{RESET}">' in page


def test_the_page_does_the_same_whether_or_not_the_account_exists(
    client, curator, command_log, monkeypatch
):
    submitted = []
    monkeypatch.setattr(background, "submit", lambda *work: submitted.append(work))

    def ask(email):
        command_log.clear()
        done = client.post(RESET, {"email": email}, follow=True)
        return done.content, done.redirect_chain, [name for name, _ in command_log]

    ask("first@example.com")
    assert ask(curator.email) == ask("nobody@example.com")
    assert len(submitted) == 3


def test_the_page_shares_its_limit_per_ip_address_with_the_api(client, curator, monkeypatch):
    monkeypatch.setattr(lockout, "MAX_FAILURES_PER_ADDRESS", 2)
    client.post("/api/auth/password/reset", {"email": curator.email}, "application/json")

    asked = [client.post(RESET, {"email": curator.email}) for _ in range(2)]

    assert [response.status_code for response in asked] == [302, 429]
    assert int(asked[1]["Retry-After"]) > 0
    assert len(mail.outbox) == 2


@pytest.mark.parametrize("email", ["", "cleo", "a" * 300 + "@example.com", "a\0@example.com"])
def test_what_is_no_email_address_is_refused_and_not_counted(client, email):
    page = client.post(RESET, {"email": email})

    assert page.status_code == 200
    assert page.context["form"].errors
    assert not mail.outbox


def test_the_page_is_protected_from_other_sites():
    browser = Client(enforce_csrf_checks=True)

    assert browser.post(RESET, {"email": "cleo@example.com"}).status_code == 403
