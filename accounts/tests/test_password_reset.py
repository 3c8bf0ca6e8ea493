import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core import mail
from rest_framework.test import APIClient

from accounts import passwords
from accounts.models import User
from accounts.signing_in import lockout
from accounts.tests.calls import ME, PASSWORD_PATH, error, login
from accounts.tests.factories import PASSWORD, UserFactory

NEW = "another horse 9"

pytestmark = pytest.mark.django_db


def ask(email="ann@example.com"):
    return APIClient().post(f"{PASSWORD_PATH}/reset", {"email": email})


def confirm(uid, token, password=NEW):
    body = {"uid": uid, "token": token, "newPassword": password}
    return APIClient().post(f"{PASSWORD_PATH}/reset/confirm", body)


@pytest.fixture
def link(ann):
    ask()
    (message,) = mail.outbox
    return re.search(r"/password-reset/([^/]+)/([^/]+)/", message.body).groups()


def test_the_response_is_the_same_whether_or_not_there_is_an_active_account(ann):
    UserFactory(email="gone@example.com", is_active=False)

    responses = [ask(e) for e in ("ann@example.com", "nobody@example.com", "gone@example.com")]

    assert [(r.status_code, r.content) for r in responses] == [(202, b"")] * 3
    assert [message.to for message in mail.outbox] == [["ann@example.com"]]


def test_the_email_has_the_link_in_text_and_html(link):
    (message,) = mail.outbox
    url = f"http://testserver/password-reset/{link[0]}/{link[1]}/"

    assert url in message.body
    assert url in message.alternatives[0].content
    assert message.alternatives[0].mimetype == "text/html"


def test_the_link_sets_a_password_once_and_ends_every_sign_in(link, api):
    assert api.get(ME).status_code == 200

    first, second = confirm(*link), confirm(*link, password="third horse 9")

    assert first.status_code == 204
    assert error(second) == ("/token", "invalid_link")
    assert api.get(ME).status_code == 401
    assert login(NEW).status_code == 200


def test_of_simultaneous_uses_one_succeeds_and_the_others_are_a_400(link):
    def use(number):
        return confirm(*link, password=f"horse number {number}")

    with ThreadPoolExecutor(8) as threads:
        responses = list(threads.map(use, range(8)))

    assert sorted(r.status_code for r in responses) == [204] + [400] * 7
    (winner,) = (n for n, response in enumerate(responses) if response.status_code == 204)
    assert login(f"horse number {winner}").status_code == 200


def test_a_link_that_is_spent_while_its_page_is_open_is_a_400(link, client, monkeypatch):
    monkeypatch.setattr("accounts.passwords._store_password", lambda *_: False)
    page = client.get(f"/password-reset/{link[0]}/{link[1]}/", follow=True)

    typed = {"password": NEW}
    refused = client.post(page.redirect_chain[-1][0], typed)

    assert refused.status_code == 400


def test_too_many_requests_from_one_ip_address_are_a_429(ann, monkeypatch):
    monkeypatch.setattr(lockout, "MAX_FAILURES_PER_ADDRESS", 3)
    responses = [ask(email) for email in ("ann@example.com", "nobody@example.com") * 2]

    assert [response.status_code for response in responses] == [202] * 3 + [429]
    assert responses[-1].json()["detail"] == "Too many requests. Try again in 15 minutes."
    assert int(responses[3]["Retry-After"]) > 0
    assert login(PASSWORD).status_code == 200


def test_a_weak_password_does_not_use_up_the_link(link):
    assert error(confirm(*link, password="short 1"))[0] == "/newPassword"

    assert confirm(*link).status_code == 204


def test_the_link_expires_after_an_hour(link, monkeypatch):
    generator = passwords.reset_tokens
    later = generator._now() + timedelta(hours=1, seconds=1)
    monkeypatch.setattr(generator, "_now", lambda: later)

    assert error(confirm(*link)) == ("/token", "invalid_link")


def test_the_link_survives_a_sign_in(link):
    login(PASSWORD)

    assert confirm(*link).status_code == 204


def test_at_most_five_emails_in_fifteen_minutes_are_sent_to_one_address(ann):
    for _ in range(7):
        assert ask().status_code == 202

    assert len(mail.outbox) == 5


def test_changing_the_password_ends_the_link(link, api):
    api.post(PASSWORD_PATH, {"currentPassword": PASSWORD, "newPassword": NEW})

    assert error(confirm(*link)) == ("/token", "invalid_link")


def test_the_link_works_only_for_its_user(link):
    ask(UserFactory().email)
    other_uid = re.search(r"/password-reset/([^/]+)/", mail.outbox[1].body)[1]

    assert error(confirm(other_uid, link[1])) == ("/token", "invalid_link")


def test_the_link_of_a_deactivated_user_does_not_work(link, ann):
    User.objects.update(is_active=False)

    assert error(confirm(*link)) == ("/token", "invalid_link")


@pytest.mark.parametrize("uid", ["x", "%", "Zm9v", "é", "A" * 100])
def test_an_unreadable_uid_is_refused(link, uid):
    assert error(confirm(uid, link[1])) == ("/token", "invalid_link")


def test_the_page_behind_the_link_sets_a_password_too(link, api, client):
    page = client.get(f"/password-reset/{link[0]}/{link[1]}/", follow=True)
    typed = {"password": NEW}

    done = client.post(page.redirect_chain[-1][0], typed, follow=True)

    assert done.status_code == 200
    assert login(NEW).status_code == 200
    assert api.get(ME).status_code == 401
