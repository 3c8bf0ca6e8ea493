from datetime import UTC, timedelta

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.core import mail
from django.db import connection
from django.test import Client
from django_tasks.base import Task
from pymongo.errors import AutoReconnect
from rest_framework.test import APIClient

from accounts import deletion
from accounts.deletion import finish_deletion
from accounts.exports import export_account
from accounts.models import BrowserSession, User
from accounts.signing_in.principals import MAX_AGE
from accounts.support.log import record
from accounts.tests.calls import ME, PASSWORD_PATH, error, login
from accounts.tests.factories import PASSWORD, UserFactory
from fitness_project.database.deadline import SECONDS
from fitness_project.errors import Missing
from fitness_project.tasks import queue
from fitness_project.tasks.worker import run_due
from history.models import Session
from history.tests.factories import SessionFactory
from routines.tests.factories import RoutineFactory

pytestmark = pytest.mark.django_db


def test_nothing_of_the_user_is_left_in_any_collection(api, ann):
    RoutineFactory(user=ann)
    SessionFactory(user=ann)
    login("not this one")
    login(PASSWORD)
    Client().force_login(ann)
    LogEntry.objects.log_actions(ann.pk, [ann], CHANGE, "by Ann, about Ann")
    LogEntry.objects.log_actions(UserFactory(is_staff=True).pk, [ann], CHANGE, "about Ann")
    record("unlock", ann.pk, UserFactory(is_staff=True).pk)
    kept = SessionFactory()

    assert api.delete(ME, {"password": PASSWORD}).status_code == 204

    assert not BrowserSession.objects.exists()
    for name in set(connection.database.list_collection_names()) - {"tasks"}:
        stored = str(list(connection.database[name].find()))
        assert str(ann.pk) not in stored, name
        assert "ann@example.com" not in stored, name
    assert Session.objects.get() == kept
    assert api.get(ME).status_code == 401


def test_documents_that_other_processes_wrote_meanwhile_are_deleted_by_the_task(api, ann):
    api.delete(ME, {"password": PASSWORD})
    SessionFactory(user_id=ann.pk, user=None)

    finish_deletion.call(str(ann.pk))

    assert not Session.objects.exists()


def test_the_task_runs_when_no_process_accepts_the_tokens_any_more(api, ann, monkeypatch):
    api.delete(ME, {"password": PASSWORD})
    SessionFactory(user_id=ann.pk, user=None)
    stored = queue.tasks().find_one()
    run_due()
    assert Session.objects.exists()

    later = stored["enqueuedAt"].replace(tzinfo=UTC) + timedelta(seconds=MAX_AGE + SECONDS + 3)
    monkeypatch.setattr(queue, "now", lambda: later)
    run_due()

    assert not Session.objects.exists()
    assert queue.tasks().find_one()["status"] == "SUCCESSFUL"


class TestALargeAccount:
    """An account that one request doesn't delete completely."""

    @pytest.fixture(autouse=True)
    def _closed(self, api, ann, monkeypatch):
        SessionFactory(user=ann)
        monkeypatch.setattr(deletion, "SECONDS_IN_REQUEST", 0)
        assert api.delete(ME, {"password": PASSWORD}).status_code == 204

    def test_the_account_is_closed_at_once(self, api, ann):
        assert api.get(ME).status_code == 401
        assert login(PASSWORD).status_code == 401
        assert Session.objects.count() == 1
        with pytest.raises(Missing):
            export_account(ann.pk)

    def test_the_password_cannot_be_reset(self, ann):
        APIClient().post(f"{PASSWORD_PATH}/reset", {"email": ann.email})

        assert mail.outbox == []

    def test_the_email_address_is_taken_until_everything_is_deleted(self, ann):
        assert error(register()) == ("/email", "unique")

        finish_deletion.call(str(ann.pk))

        assert register().status_code == 201
        assert not Session.objects.exists()

    def test_staff_see_that_it_is_being_deleted_and_cannot_reopen_it(self, ann, client):
        client.force_login(UserFactory(is_staff=True, is_superuser=True))
        path = f"/admin/accounts/user/{ann.pk}"

        page = client.get(f"{path}/change/")
        statuses = [
            client.post(f"{path}/change/", {"weight_unit": "kg", "is_active": "on"}).status_code,
            client.post(f"{path}/password/", {"password1": "another horse 9"}).status_code,
        ]

        assert "Being deleted since" in page.content.decode()
        assert statuses == [403, 403]
        assert not User.objects.get(pk=ann.pk).is_active

    @pytest.mark.parametrize("batches", range(4))
    def test_a_task_that_was_killed_continues_where_it_stopped(self, ann, monkeypatch, batches):
        for _ in range(2):
            SessionFactory(user=ann)
        monkeypatch.setattr(deletion, "BATCH", 1)
        kind, rest = type(User.objects.documents.collection), iter(range(batches))
        delete_many = kind.delete_many

        def killed(*args, **options):
            if next(rest, None) is None:
                raise SystemExit
            return delete_many(*args, **options)

        with monkeypatch.context() as patch:
            patch.setattr(kind, "delete_many", killed)
            with pytest.raises(SystemExit):
                finish_deletion.call(str(ann.pk))
        for _ in range(2):
            finish_deletion.call(str(ann.pk))

        assert not User.objects.filter(pk=ann.pk).exists()
        assert not Session.objects.exists()


def test_the_request_deletes_batch_by_batch(api, ann, command_log):
    Session.objects.bulk_create([SessionFactory.build(user=ann) for _ in range(450)])
    command_log.clear()

    assert api.delete(ME, {"password": PASSWORD}).status_code == 204

    deletions = [c["deletes"][0]["q"] for name, c in command_log if name == "delete"]
    sizes = [len(q["_id"]["$in"]) for q in deletions if "userId" in q and "_id" in q]
    assert max(sizes) == deletion.BATCH
    assert not Session.objects.exists()
    assert not User.objects.exists()


def test_an_outage_after_the_account_was_closed_leaves_the_rest_to_the_task(api, ann, monkeypatch):
    def unreachable(*_):
        raise AutoReconnect("gone")

    monkeypatch.setattr(deletion, "_batches", unreachable)

    assert api.delete(ME, {"password": PASSWORD}).status_code == 204

    assert not User.objects.get().is_active


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
    monkeypatch.setattr(deletion.remembered_principals, "forget", lambda: None)
    api.delete(ME, {"password": PASSWORD})

    assert getattr(api, verb)(path, body).status_code == 401


def test_a_wrong_password_deletes_nothing(api):
    refused = api.delete(ME, {"password": "not this one"})

    assert error(refused) == ("/password", "wrong_password")
    assert error(api.delete(ME)) == ("/password", "required")
    assert User.objects.exists()


def test_an_account_that_cannot_be_closed_keeps_everything(ann, monkeypatch):
    session = SessionFactory(user=ann)
    monkeypatch.setattr(Task, "enqueue", lambda *_: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        deletion.delete_account(ann.pk, lambda user: True)

    assert Session.objects.get() == session
    assert User.objects.get().is_active


def test_the_email_address_is_free_again(api):
    api.delete(ME, {"password": PASSWORD})

    assert register().status_code == 201


def register():
    body = {"email": "ann@example.com", "password": PASSWORD}
    return APIClient().post("/api/auth/register", body)
