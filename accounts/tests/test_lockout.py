"""Five failures lock an e-mail address for one IP address, and fifty lock an IP address."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.contrib.auth.backends import ModelBackend
from rest_framework.test import APIClient

from accounts.models import LoginAttempts
from accounts.signing_in import hashers, lockout
from accounts.tests.factories import PASSWORD, UserFactory
from fitness_project.database import deadline
from fitness_project.errors import Busy

pytestmark = pytest.mark.django_db


def login(email="ann@example.com", password="not this one", address="192.0.2.1"):
    body = {"email": email, "password": password}
    return APIClient().post("/api/auth/login", body, REMOTE_ADDR=address)


def fail(times, **where):
    return [login(**where).status_code for _ in range(times)]


@pytest.fixture(autouse=True)
def _ann():
    UserFactory(email="ann@example.com")


@pytest.mark.parametrize("email", ["ann@example.com", "nobody@example.com"])
def test_the_sixth_attempt_is_a_429_whether_or_not_the_account_exists(email):
    assert fail(5, email=email) == [401] * 5

    refused = login(email=email, password=PASSWORD)

    assert refused.status_code == 429
    assert refused.json()["code"] == "too_many_attempts"
    assert 0 < int(refused["Retry-After"]) <= 15 * 60


def test_another_email_and_another_address_are_not_locked_out():
    UserFactory(email="bob@example.com")
    fail(5)

    assert login("bob@example.com", PASSWORD).status_code == 200
    assert login(password=PASSWORD, address="192.0.2.2").status_code == 200


def test_the_case_of_an_email_makes_no_difference():
    fail(5)

    assert login(email="ANN@example.com").status_code == 429


def test_a_success_clears_the_count_of_the_email_address():
    for _ in range(3):
        assert fail(4) == [401] * 4
        assert login(password=PASSWORD).status_code == 200


def test_fifty_failures_lock_an_address_and_a_success_does_not_clear_them():
    for n in range(10):
        assert fail(4, email=f"user{n}@example.com") == [401] * 4
    assert login(password=PASSWORD).status_code == 200
    assert fail(4, email="a@example.com") + fail(4, email="b@example.com") == [401] * 8
    assert fail(3, email="c@example.com") == [401, 401, 429]

    assert login(password=PASSWORD).status_code == 429


def test_attempts_are_accepted_again_after_fifteen_minutes(monkeypatch):
    fail(5)
    later = lockout.now() + timedelta(minutes=15, seconds=1)
    monkeypatch.setattr(lockout, "now", lambda: later)

    assert login(password=PASSWORD).status_code == 200


def test_of_fifty_simultaneous_attempts_at_most_five_are_checked(monkeypatch):
    monkeypatch.setattr(lockout, "PATIENCE_SECONDS", 0.2)
    with ThreadPoolExecutor(10) as threads:
        statuses = list(threads.map(lambda _: login().status_code, range(50)))

    assert 1 <= statuses.count(401) <= 5
    assert statuses.count(429) == 50 - statuses.count(401)


def test_twenty_simultaneous_sign_ins_with_the_right_password_all_succeed():
    with ThreadPoolExecutor(20) as threads:
        statuses = list(threads.map(lambda _: login(password=PASSWORD).status_code, range(20)))

    assert statuses == [200] * 20


def test_an_attempt_that_is_interrupted_does_not_count(monkeypatch):
    def interrupted(*_):
        raise Busy("too many")

    with monkeypatch.context() as patch:
        patch.setattr(ModelBackend, "authenticate", interrupted)
        refused = [login(password=PASSWORD) for _ in range(6)]

    assert {response.status_code for response in refused} == {503}
    assert {response["Retry-After"] for response in refused} == {"2"}
    assert {c["attempts"] for c in LoginAttempts.objects.documents.collection.find()} == {0}
    assert login(password=PASSWORD).status_code == 200


def test_an_attempt_that_exceeds_the_deadline_does_not_count(monkeypatch):
    real = ModelBackend.authenticate

    def slow(*args):
        time.sleep(0.4)
        return real(*args)

    monkeypatch.setattr(deadline, "SECONDS", 0.3)
    with monkeypatch.context() as patch:
        patch.setattr(ModelBackend, "authenticate", slow)
        assert login(password=PASSWORD).status_code == 503

    assert {c["attempts"] for c in LoginAttempts.objects.documents.collection.find()} <= {0}


def test_a_request_that_would_wait_too_long_for_a_hash_is_refused(monkeypatch):
    monkeypatch.setattr(hashers, "PATIENCE_SECONDS", 0.1)

    with hashers._turn():
        refused = login(password=PASSWORD)

    assert (refused.status_code, refused.json()["code"]) == (503, "busy")
    assert login(password=PASSWORD).status_code == 200


def test_the_admins_sign_in_page_has_the_same_limits(client):
    fail(5)

    response = client.post(
        "/admin/login/",
        {"username": "ann@example.com", "password": PASSWORD},
        REMOTE_ADDR="192.0.2.1",
    )

    assert response.status_code == 429


def test_stored_counters_contain_neither_email_nor_ip_addresses():
    login()

    stored = str(list(LoginAttempts.objects.documents.collection.find()))

    assert "ann" not in stored
    assert "192.0.2.1" not in stored


class TestRegistrations:
    """They count for their IP address only."""

    def register(self, email, address="192.0.2.1"):
        body = {"email": email, "password": PASSWORD}
        return APIClient().post("/api/auth/register", body, REMOTE_ADDR=address)

    def test_a_taken_email_address_counts_as_a_failure_of_the_ip_address(self, monkeypatch):
        monkeypatch.setattr(lockout, "MAX_FAILURES_PER_ADDRESS", 3)
        statuses = [self.register("ann@example.com").status_code for _ in range(3)]

        assert statuses == [400] * 3
        assert self.register("new@example.com").status_code == 429
        assert login(password=PASSWORD).status_code == 429
        assert self.register("new@example.com", "192.0.2.2").status_code == 201

    def test_failed_sign_ins_count_too_and_registrations_that_succeed_do_not(self, monkeypatch):
        monkeypatch.setattr(lockout, "MAX_FAILURES_PER_ADDRESS", 3)
        fail(2)
        statuses = [self.register(f"new{n}@example.com").status_code for n in range(4)]
        fail(1)

        assert statuses == [201] * 4
        assert self.register("new@example.com").status_code == 429

    def test_an_invalid_body_does_not_count(self):
        for _ in range(2):
            assert self.register("not an address").status_code == 400

        assert not LoginAttempts.objects.exists()

    def test_an_ip_address_may_create_as_many_accounts_as_the_setting_says(self, settings):
        settings.REGISTRATIONS_PER_IP = 2
        self.register("ann@example.com")
        created = [self.register(f"new{n}@example.com") for n in range(3)]

        assert [response.status_code for response in created] == [201, 201, 429]
        assert 23 * 3600 < int(created[2]["Retry-After"]) <= 24 * 3600 + 1
        assert self.register("other@example.com", "192.0.2.2").status_code == 201

    def test_registration_can_be_closed(self, settings):
        settings.REGISTRATION_CLOSED = True

        refused = self.register("new@example.com")

        assert (refused.status_code, refused.json()["detail"]) == (403, "Registration is closed.")
        assert login(password=PASSWORD).status_code == 200


class TestProxies:
    def lock_out(self, forwarded):
        for _ in range(5):
            self.login(forwarded)

    def login(self, forwarded, address="10.0.0.7"):
        return APIClient().post(
            "/api/auth/login",
            {"email": "ann@example.com", "password": "not this one"},
            REMOTE_ADDR=address,
            HTTP_X_FORWARDED_FOR=forwarded,
        )

    def test_a_forwarded_address_from_an_untrusted_peer_is_ignored(self):
        for n in range(5):
            self.login(f"192.0.2.{n}")

        assert self.login("192.0.2.77").status_code == 429

    def test_an_address_forwarded_by_a_trusted_proxy_counts(self, settings):
        settings.TRUSTED_PROXIES = ["10.0.0.0/8"]
        self.lock_out("192.0.2.1")

        assert self.login("192.0.2.1").status_code == 429
        assert self.login("192.0.2.2").status_code == 401

    def test_addresses_that_the_client_itself_sent_do_not_count(self, settings):
        settings.TRUSTED_PROXIES = ["10.0.0.0/8"]
        self.lock_out("198.51.100.1, 192.0.2.1")

        assert self.login("198.51.100.2, 192.0.2.1").status_code == 429
        assert self.login("203.0.113.9, 192.0.2.1, 10.0.0.8").status_code == 429
