"""A write whose commit succeeds, but whose reply is lost, runs again and leaves one result."""

import re

import pytest
from django.core import mail
from django.db import connection
from pymongo.errors import OperationFailure
from pymongo.synchronous.client_session import ClientSession

from accounts.models import SignIn, User
from accounts.tests.calls import ME, PASSWORD_PATH, login
from accounts.tests.factories import PASSWORD

NEW = "another horse 9"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _lost_reply(monkeypatch):
    commit, lost = ClientSession.commit_transaction, []

    def commit_and_lose(session):
        commit(session)
        if not lost:
            lost.append(1)
            labels = {"errorLabels": ["TransientTransactionError"]}
            raise OperationFailure("no such transaction", 251, labels)

    monkeypatch.setattr(ClientSession, "commit_transaction", commit_and_lose)


def test_a_sign_in_is_stored_once(ann):
    assert login(PASSWORD).status_code == 200
    assert SignIn.objects.count() == 1


def test_a_new_password_is_stored_and_the_user_notified_once(api, ann):
    body = {"currentPassword": PASSWORD, "newPassword": NEW}

    assert api.post(PASSWORD_PATH, body).status_code == 200
    assert User.objects.get().check_password(NEW)
    assert [message.to for message in mail.outbox] == [[ann.email]]


def test_an_email_address_is_changed(api):
    api.post("/api/auth/email", {"newEmail": "new@example.com", "password": PASSWORD})
    uid, token = re.search(r"/confirm-email/([^/]+)/([^/]+)/", mail.outbox[-1].body).groups()

    assert api.post("/api/auth/email/confirm", {"uid": uid, "token": token}).status_code == 204
    assert api.get(ME).json()["email"] == "new@example.com"


def test_an_account_is_deleted(api):
    assert api.delete(ME, {"password": PASSWORD}).status_code == 204
    assert not User.objects.exists()
    assert connection.database["tasks"].count_documents({}) == 1
