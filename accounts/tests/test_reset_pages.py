"""Signing in to the admin, and what those do who have forgotten their password."""

import re

import pytest
from django.core import mail
from django.test import Client

from accounts.mail import background
from accounts.passwords import weaknesses
from accounts.signing_in import lockout
from accounts.tests.calls import login
from accounts.tests.factories import PASSWORD, UserFactory

SIGN_IN, RESET = "/admin/login/", "/admin/password_reset/"
FOR_EVERYBODY = ("/sign-in", "/password-reset")
NEW = "another horse 9"

pytestmark = pytest.mark.django_db


@pytest.fixture
def curator():
    return UserFactory(email="cleo@example.com", is_staff=True)


def choose_password(browser, new=NEW):
    """Follows the link in the only e-mail."""
    (message,) = mail.outbox
    link = re.search(r"http://testserver(/password-reset/\S+)", message.body)[1]
    page = browser.get(link, follow=True)
    return browser.post(page.redirect_chain[-1][0], {"password": new}, follow=True)


@pytest.mark.parametrize(("sign_in", "reset"), [(SIGN_IN, RESET), FOR_EVERYBODY])
def test_sign_in_leads_to_the_password_reset_and_back(client, sign_in, reset):
    page = client.get(sign_in).content.decode()
    asked = client.post(reset, {"email": "ann@example.com"}, follow=True)

    assert f'<a href="{reset}">Forgotten your password?</a>' in page
    assert f'href="{sign_in}"' in client.get(reset).content.decode()
    assert f'<a href="{sign_in}">Back to sign-in</a>' in asked.content.decode()


@pytest.mark.parametrize("path", [SIGN_IN, "/sign-in"])
def test_the_case_of_an_email_address_makes_no_difference_and_sign_in_says_so(
    client, curator, path
):
    wrong = client.post(path, {"username": "CLEO@example.com", "password": PASSWORD.upper()})
    right = client.post(path, {"username": "CLEO@example.com", "password": PASSWORD})

    assert "but not in the e-mail address" in wrong.content.decode()
    assert "may be case-sensitive" not in wrong.content.decode()
    assert right.status_code == 302


def test_staff_who_have_forgotten_their_password_come_back_to_the_admin(client, curator):
    client.post(RESET, {"email": "CLEO@example.com"})

    done = choose_password(client)

    sign_in = "/sign-in?next=%2Fadmin%2F"
    assert f'href="{sign_in}"' in done.content.decode()
    signed_in = client.post(sign_in, {"username": curator.email, "password": NEW})
    assert signed_in["Location"] == "/admin/"


def test_users_of_the_app_are_led_to_the_ordinary_sign_in(client, ann):
    client.post("/password-reset", {"email": ann.email})

    done = choose_password(client)

    assert '<a class="button" href="/sign-in">' in done.content.decode()
    assert login(NEW).status_code == 200


def test_whoever_is_signed_in_as_somebody_else_is_led_to_the_start_page(client, ann):
    client.force_login(UserFactory(email="bob@example.com"))
    client.post("/password-reset", {"email": ann.email})

    done = choose_password(client).content.decode()

    assert "you are signed in as <strong>bob@example.com</strong>" in done
    assert '<a href="/">Go to the start page</a>' in done


def test_the_next_page_after_a_reset_is_one_of_this_service(client):
    page = client.get("/password-reset/done?next=https://evil.example/").content.decode()
    sign_in = re.search(r'class="button" href="(.+?)"', page)[1]

    assert 'name="next"' not in client.get(sign_in).content.decode()


@pytest.mark.parametrize("weak", ["12345678", "ann@example.com", "", "x" * 1025])
def test_a_weak_password_is_refused_as_at_sign_up(client, ann, weak):
    client.post("/password-reset", {"email": ann.email})

    refused = choose_password(client, weak)

    found = [text for _, text in weaknesses(weak, ann)]
    assert refused.status_code == 400
    assert refused.context["form"].errors == {"password": found}
    assert f'value="{weak}"' not in refused.content.decode()
    assert login(PASSWORD).status_code == 200


def test_a_link_that_does_not_work_leads_to_another(client):
    page = client.get("/password-reset/x/y/").content.decode()

    assert '<a class="button" href="/password-reset">' in page


@pytest.mark.parametrize("path", [RESET, "/password-reset"])
def test_the_page_does_the_same_whether_or_not_the_account_exists(
    client, curator, command_log, monkeypatch, path
):
    submitted = []
    monkeypatch.setattr(background, "submit", lambda *work: submitted.append(work))

    def ask(email):
        command_log.clear()
        done = client.post(path, {"email": email}, follow=True)
        return done.content, done.redirect_chain, [name for name, _ in command_log]

    ask("first@example.com")
    assert ask(curator.email) == ask("nobody@example.com")
    assert len(submitted) == 3


@pytest.mark.parametrize("path", [RESET, "/password-reset"])
def test_the_page_shares_its_limit_per_ip_address_with_the_api(client, curator, monkeypatch, path):
    monkeypatch.setattr(lockout, "MAX_FAILURES_PER_ADDRESS", 2)
    client.post("/api/auth/password/reset", {"email": curator.email}, "application/json")

    asked = [client.post(path, {"email": curator.email}) for _ in range(2)]

    assert [response.status_code for response in asked] == [302, 429]
    assert int(asked[1]["Retry-After"]) > 0
    assert len(mail.outbox) == 2


@pytest.mark.parametrize("email", ["", "cleo", "a" * 300 + "@example.com", "a\0@example.com"])
def test_what_is_no_email_address_is_refused_and_not_counted(client, email):
    page = client.post("/password-reset", {"email": email})

    assert page.status_code == 400
    assert page.context["form"].errors
    assert not mail.outbox


def test_the_page_is_protected_from_other_sites():
    browser = Client(enforce_csrf_checks=True)

    assert browser.post(RESET, {"email": "cleo@example.com"}).status_code == 403
