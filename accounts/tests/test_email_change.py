"""Changing one's e-mail address, by a link that is sent to the new one."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.hashers import make_password
from django.core import mail
from rest_framework.test import APIClient

from accounts.mail import background
from accounts.models import User
from accounts.signing_in import lockout
from accounts.tests.calls import ME, PASSWORD_PATH, error, login
from accounts.tests.factories import PASSWORD, UserFactory
from fitness_project.database.clock import now
from routines.tests.factories import RoutineFactory

EMAIL = "/api/auth/email"
NEW = "new@example.com"
LINK = re.compile(r"http://testserver/confirm-email/([^/\s]+)/([^/\s]+)/")

pytestmark = pytest.mark.django_db


def ask(api, email=NEW, password=PASSWORD):
    return api.post(EMAIL, {"newEmail": email, "password": password})


def confirm(uid, token):
    return APIClient().post(f"{EMAIL}/confirm", {"uid": uid, "token": token})


def links_to(address):
    messages = [message for message in mail.outbox if message.to == [address]]
    return [found.groups() for each in messages if (found := LINK.search(each.body))]


@pytest.fixture
def link(api):
    ask(api)
    (found,) = links_to(NEW)
    return found


def test_the_new_address_gets_a_link_and_the_old_one_a_notice(api, ann):
    assert ask(api).status_code == 202

    notice, confirmation = mail.outbox
    assert (notice.to, confirmation.to) == ([ann.email], [NEW])
    assert LINK.search(confirmation.body)
    assert LINK.search(confirmation.alternatives[0].content)
    assert not LINK.search(notice.body)
    assert NEW not in notice.body + notice.alternatives[0].content
    assert ann.email not in confirmation.body + confirmation.alternatives[0].content


def test_until_it_is_confirmed_nothing_has_changed(api, link):
    assert api.get(ME).json()["email"] == "ann@example.com"
    assert login(PASSWORD).status_code == 200
    assert login(PASSWORD, NEW).status_code == 401


def test_the_link_changes_the_address_of_the_same_account(api, ann, link):
    routine = RoutineFactory(user=ann)
    before = api.get(ME).json()

    assert confirm(*link).status_code == 204

    assert api.get(ME).json() == {**before, "email": NEW, "routines": [str(routine.pk)]}
    assert login(PASSWORD, NEW).json()["user"]["id"] == str(ann.pk)
    assert login(PASSWORD, "ann@example.com").status_code == 401


def test_everything_else_that_is_stored_of_the_user_stays(ann, link):
    users = User.objects.documents
    users.collection.update_one({"_id": ann.pk}, {"$set": {"fromElsewhere": 5}})
    before = users.get(ann.pk)

    confirm(*link)

    after = users.get(ann.pk)
    assert after == {**before, "email": NEW, "emailChangedAt": after["emailChangedAt"]}


def test_the_link_of_a_long_international_address_works(api):
    domain = ".".join(["ü" * 40] * 3 + ["example"])
    ask(api, f"{'a' * 60}@{domain}")
    ((uid, token),) = [found.groups() for m in mail.outbox if (found := LINK.search(m.body))]

    assert confirm(uid, token).status_code == 204
    assert api.get(ME).json()["email"].endswith(f"a@{domain}")


def test_sign_ins_continue(api, ann, link):
    device = login(PASSWORD).json()
    browser = APIClient()
    browser.force_login(ann)

    confirm(*link)

    refreshed = APIClient().post("/api/auth/refresh", {"refresh": device["refresh"]})
    assert refreshed.status_code == 200
    assert browser.get(ME).json()["email"] == api.get(ME).json()["email"] == NEW


def test_open_reset_links_end_even_if_the_address_is_changed_back(api, ann, link):
    APIClient().post(f"{PASSWORD_PATH}/reset", {"email": ann.email})
    uid, token = re.search(r"/password-reset/([^/]+)/([^/]+)/", mail.outbox[-1].body).groups()
    body = {"uid": uid, "token": token, "newPassword": "another horse 9"}

    confirm(*link)
    assert error(APIClient().post(f"{PASSWORD_PATH}/reset/confirm", body))[0] == "/token"

    ask(api, "ann@example.com")
    assert confirm(*links_to("ann@example.com")[0]).status_code == 204
    assert error(APIClient().post(f"{PASSWORD_PATH}/reset/confirm", body))[0] == "/token"


def test_a_reset_link_that_is_in_use_meanwhile_ends_too(ann, link, monkeypatch):
    APIClient().post(f"{PASSWORD_PATH}/reset", {"email": ann.email})
    uid, token = re.search(r"/password-reset/([^/]+)/([^/]+)/", mail.outbox[-1].body).groups()
    confirmed = []

    def confirm_meanwhile(password):
        confirmed.append(confirm(*link).status_code)
        return make_password(password)

    monkeypatch.setattr("accounts.passwords.make_password", confirm_meanwhile)
    body = {"uid": uid, "token": token, "newPassword": "another horse 9"}
    refused = APIClient().post(f"{PASSWORD_PATH}/reset/confirm", body)

    assert (confirmed, error(refused)) == ([204], ("/token", "invalid_link"))
    assert login(PASSWORD, NEW).status_code == 200


def test_the_link_works_once_even_if_the_address_is_changed_back(api, link):
    assert confirm(*link).status_code == 204
    assert error(confirm(*link)) == ("/token", "invalid_link")

    ask(api, "ann@example.com")
    confirm(*links_to("ann@example.com")[0])

    assert error(confirm(*link)) == ("/token", "invalid_link")
    assert api.get(ME).json()["email"] == "ann@example.com"


def test_of_simultaneous_uses_one_succeeds_and_the_others_are_a_400(api, link):
    with ThreadPoolExecutor(6) as threads:
        responses = list(threads.map(lambda _: confirm(*link), range(6)))

    assert sorted(response.status_code for response in responses) == [204] + [400] * 5
    assert api.get(ME).json()["email"] == NEW


def test_the_link_expires_after_an_hour(link):
    with time_machine.travel(now() + timedelta(hours=1, seconds=2)):
        assert error(confirm(*link)) == ("/token", "invalid_link")


def test_a_new_password_ends_the_link(api, link):
    api.post(PASSWORD_PATH, {"currentPassword": PASSWORD, "newPassword": "another horse 9"})

    assert error(confirm(*link)) == ("/token", "invalid_link")


def test_using_one_link_ends_the_others(api, link):
    ask(api, "other@example.com")
    (other,) = links_to("other@example.com")

    assert confirm(*other).status_code == 204
    assert error(confirm(*link)) == ("/token", "invalid_link")


def test_the_link_of_a_deactivated_account_does_not_work(link):
    User.objects.update(is_active=False)

    assert error(confirm(*link)) == ("/token", "invalid_link")


def test_the_link_of_a_closed_account_does_not_work(link, api, monkeypatch):
    monkeypatch.setattr("accounts.deletion._delete_all", lambda *_: False)
    api.delete(ME, {"password": PASSWORD})

    assert error(confirm(*link)) == ("/token", "invalid_link")


@pytest.mark.parametrize("token", ["x", "a:b:c", "é", ":", "x" * 1000])
def test_an_unreadable_token_is_refused(link, token):
    assert error(confirm(link[0], token)) == ("/token", "invalid_link")


@pytest.mark.parametrize("uid", ["x", "%", "Zm9v", "é", "A" * 100])
def test_an_unreadable_uid_is_refused(link, uid):
    assert error(confirm(uid, link[1])) == ("/token", "invalid_link")


def test_the_link_works_only_for_its_user(link):
    stranger = UserFactory()
    other = APIClient()
    other.force_authenticate(stranger)
    ask(other, "other@example.com")
    ((other_uid, _),) = links_to("other@example.com")

    assert error(confirm(other_uid, link[1])) == ("/token", "invalid_link")


class TestATakenAddress:
    def test_it_gets_an_email_without_a_link(self, api):
        UserFactory(email=NEW)

        assert ask(api).status_code == 202

        notice, message = mail.outbox
        assert (notice.to, message.to) == (["ann@example.com"], [NEW])
        assert not LINK.search(message.body + message.alternatives[0].content)

    def test_nobody_sees_in_the_request_whether_it_is_taken(
        self, api, ann, command_log, monkeypatch
    ):
        UserFactory(email=NEW)
        submitted = []
        monkeypatch.setattr(background, "submit", lambda *work: submitted.append(work))

        def asked(email):
            command_log.clear()
            response = ask(api, email)
            return response.status_code, response.content, [name for name, _ in command_log]

        asked("first@example.com")
        assert asked(NEW) == asked("free@example.com")
        assert len(submitted) == 6

    def test_one_that_is_taken_meanwhile_is_refused(self, api, link):
        UserFactory(email=NEW)

        assert error(confirm(*link)) == ("/token", "unique")
        assert api.get(ME).json()["email"] == "ann@example.com"

    def test_of_two_accounts_that_confirm_it_at_once_one_gets_it(self, api, link):
        stranger = UserFactory()
        other = APIClient()
        other.force_authenticate(stranger)
        ask(other)

        with ThreadPoolExecutor(2) as threads:
            responses = list(threads.map(lambda each: confirm(*each), links_to(NEW)))

        assert sorted(response.status_code for response in responses) == [204, 400]
        assert User.objects.filter(email=NEW).count() == 1

    def test_the_old_address_is_free_afterwards(self, link):
        confirm(*link)

        body = {"email": "ann@example.com", "password": PASSWORD}
        assert APIClient().post("/api/auth/register", body).status_code == 201


def test_writes_at_the_same_time_are_kept(api, ann, link):
    def rename(number):
        return api.patch(ME, {"name": f"Ann {number}"}).status_code

    def plan(_):
        body = {"name": "Push", "exercises": []}
        return api.post("/api/routines", body).json()["id"]

    with ThreadPoolExecutor(6) as threads:
        renamed = [threads.submit(rename, number) for number in range(4)]
        confirmed = threads.submit(confirm, *link)
        planned = list(threads.map(plan, range(6)))

    user = api.get(ME).json()
    assert [each.result() for each in renamed] == [200] * 4
    assert confirmed.result().status_code == 204
    assert (user["email"], sorted(user["routines"])) == (NEW, sorted(planned))
    assert user["name"].startswith("Ann ")


def test_a_wrong_password_is_refused_and_counts_as_a_failed_sign_in(api, monkeypatch):
    monkeypatch.setattr(lockout, "MAX_FAILURES_PER_EMAIL", 2)

    refused = [ask(api, password="wrong horse 9") for _ in range(2)]

    assert [error(each) for each in refused] == [("/password", "wrong_password")] * 2
    assert login(PASSWORD).status_code == 429
    assert mail.outbox == []


def test_too_many_requests_from_one_ip_address_are_a_429(api, monkeypatch):
    monkeypatch.setattr(lockout, "MAX_FAILURES_PER_ADDRESS", 2)

    asked = [ask(api, f"new{number}@example.com") for number in range(3)]

    assert [each.status_code for each in asked] == [202, 202, 429]
    assert int(asked[2]["Retry-After"]) > 0


def test_at_most_five_emails_in_fifteen_minutes_are_sent_to_one_address(api):
    for _ in range(7):
        assert ask(api).status_code == 202

    assert len(links_to(NEW)) == 5
    assert len(mail.outbox) == 10


@pytest.mark.parametrize(
    ("email", "code"), [("nobody", "invalid"), ("", "blank"), (5, "invalid"), (None, "null")]
)
def test_what_is_no_email_address_is_a_400(api, email, code):
    assert error(ask(api, email)) == ("/newEmail", code)


class TestThePageBehindTheLink:
    @pytest.fixture
    def path(self, link):
        return "/confirm-email/{}/{}/".format(*link)

    @pytest.mark.parametrize("verb", ["get", "head", "options"])
    def test_opening_it_changes_nothing(self, api, client, path, verb):
        assert getattr(client, verb)(path).status_code == 200

        assert api.get(ME).json()["email"] == "ann@example.com"

    def test_its_button_confirms_and_leads_back(self, api, client, path):
        assert NEW in client.get(path).content.decode()

        done = client.post(path, follow=True)

        assert done.redirect_chain == [("/confirm-email/done", 302)]
        assert 'href="/sign-in' in done.content.decode()
        assert api.get(ME).json()["email"] == NEW

    def test_it_leads_to_the_account_of_whoever_confirms(self, ann, client, path):
        client.force_login(ann)

        done = client.post(path, follow=True)

        assert "Go to your account" in done.content.decode()

    def test_it_does_not_lead_to_the_account_of_somebody_else(self, client, path):
        client.force_login(UserFactory())

        done = client.post(path, follow=True)

        assert "Your e-mail address is changed" in done.content.decode()
        assert "Go to your account" not in done.content.decode()

    def test_it_says_what_to_do_about_a_link_that_does_not_work(self, client, path):
        client.post(path)

        opened, sent = client.get(path), client.post(path)

        assert (opened.status_code, sent.status_code) == (200, 400)
        for page in (opened, sent):
            assert "has been used already" in page.content.decode()
            assert f'href="{EMAIL}' in page.content.decode()

    def test_it_says_that_the_address_has_been_taken(self, client, path):
        UserFactory(email=NEW)

        refused = client.post(path)

        assert refused.status_code == 400
        assert "Another account has this e-mail address by now." in refused.content.decode()

    def test_it_is_protected_from_other_sites(self, api, path):
        assert APIClient(enforce_csrf_checks=True).post(path).status_code == 403
        assert api.get(ME).json()["email"] == "ann@example.com"

    @pytest.mark.parametrize("path", ["/confirm-email/%FF/%00/", "/confirm-email/x/é:b:c/"])
    def test_a_nonsensical_link_is_no_500(self, client, path):
        assert client.get(path).status_code == 200
        assert client.post(path).status_code == 400
