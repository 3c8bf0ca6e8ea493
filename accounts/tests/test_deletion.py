import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.sessions.models import Session as DjangoSession
from django.db import connection
from django.test import Client
from rest_framework.test import APIClient

from accounts import services
from accounts.models import User
from accounts.tests.calls import ME, PASSWORD_PATH, error, login
from accounts.tests.factories import PASSWORD, UserFactory
from history.models import Session
from history.tests.factories import SessionFactory
from routines.tests.factories import RoutineFactory

pytestmark = pytest.mark.django_db


class FakeTimer:
    def start(self):
        pass


def test_nothing_of_the_user_is_left_in_any_collection(api, ann, monkeypatch):
    RoutineFactory(user=ann)
    SessionFactory(user=ann)
    login("not this one")
    login(PASSWORD)
    Client().force_login(ann)
    LogEntry.objects.log_actions(ann.pk, [ann], CHANGE, "by Ann, about Ann")
    LogEntry.objects.log_actions(UserFactory(is_staff=True).pk, [ann], CHANGE, "about Ann")
    kept = SessionFactory()

    assert api.delete(ME, {"password": PASSWORD}).status_code == 204

    assert not DjangoSession.objects.exists()
    for name in connection.database.list_collection_names():
        stored = str(list(connection.database[name].find()))
        assert str(ann.pk) not in stored, name
        assert "ann@example.com" not in stored, name
    assert Session.objects.get() == kept
    assert api.get(ME).status_code == 401


def test_documents_written_during_the_deletion_are_removed_afterwards(api, ann, monkeypatch):
    timers = []
    monkeypatch.setattr(services, "Timer", lambda *args: timers.append(args) or FakeTimer())
    api.delete(ME, {"password": PASSWORD})
    SessionFactory(user_id=ann.pk, user=None)

    ((seconds, work, arguments),) = timers
    work(*arguments)

    assert seconds > services.MAX_AGE
    assert not Session.objects.exists()


@pytest.mark.parametrize(
    ("verb", "path", "body"),
    [
        ("delete", ME, {"password": PASSWORD}),
        ("post", PASSWORD_PATH, {"currentPassword": PASSWORD, "newPassword": "another horse 9"}),
    ],
)
def test_a_process_that_still_remembers_the_token_responds_with_401(
    api, monkeypatch, verb, path, body
):
    monkeypatch.setattr(services.remembered_principals, "forget", lambda: None)
    api.delete(ME, {"password": PASSWORD})

    assert getattr(api, verb)(path, body).status_code == 401


def test_a_wrong_password_deletes_nothing(api):
    refused = api.delete(ME, {"password": "not this one"})

    assert error(refused) == ("/password", "wrong_password")
    assert error(api.delete(ME)) == ("/password", "required")
    assert User.objects.exists()


def test_a_failure_halfway_deletes_nothing(ann, monkeypatch):
    session = SessionFactory(user=ann)
    monkeypatch.setattr(User.objects, "filter", lambda **_: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        services.delete_account(ann.pk, lambda user: True)

    assert Session.objects.get() == session


def test_the_email_address_is_free_again(api):
    api.delete(ME, {"password": PASSWORD})

    again = APIClient().post(
        "/api/auth/register", {"email": "ann@example.com", "password": PASSWORD}
    )

    assert again.status_code == 201
