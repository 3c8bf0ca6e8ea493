import os
import shutil
from datetime import UTC, datetime, timedelta
from threading import Semaphore

import hypothesis
import pytest
from django.db import connection
from django.test import TransactionTestCase
from pymongo import monitoring
from rest_framework.test import APIClient
from rest_framework.views import APIView

from accounts import mail
from accounts.signing_in.principals import remembered_principals
from accounts.signing_in.tokens import AccessToken
from accounts.tests.factories import SignInFactory, UserFactory
from exercises import versions
from exercises.catalogue import catalogue
from exercises.tests.factories import CuratorFactory, ExerciseFactory
from fitness_project.database.clock import clock
from fitness_project.database.outage import outage
from fitness_project.serving import downloads
from fitness_project.tests import described, sharding

# Hypothesis fails slow examples by default, but a slow machine is not a failure.
hypothesis.settings.register_profile("any machine", deadline=None)
hypothesis.settings.load_profile("any machine")

# Migrations fill these collections, and tests only read them.
KEPT = {"django_migrations", "django_content_type", "auth_permission"}


class CommandLog(monitoring.CommandListener):
    """Records the name and the body of every command that this process sends to the database."""

    def __init__(self):
        self.sent = []

    def started(self, event):
        self.sent.append((event.command_name, event.command))
        sharding.check(event.command)

    def succeeded(self, event):
        pass

    def failed(self, event):
        pass


LOG = CommandLog()
monitoring.register(LOG)


@pytest.fixture(autouse=True)
def _every_command_names_its_user():
    """Of the commands that the service sends to users' documents, in whatever test."""
    sharding.offences.clear()
    yield
    assert not sharding.offences


@pytest.fixture(autouse=True)
def _the_schema_describes_every_error(monkeypatch):
    """That a view gives, in whatever test."""
    described.offences.clear()
    handle = APIView.handle_exception

    def handle_and_check(view, error):
        response = handle(view, error)
        described.check(view, response)
        return response

    monkeypatch.setattr(APIView, "handle_exception", handle_and_check)
    yield
    assert not described.offences


def pytest_unconfigure(config):
    if not hasattr(config, "workerinput"):
        shutil.rmtree(os.environ["FITNESS_TEST_DIR"], ignore_errors=True)


def clear_database(testcase):
    """Replaces Django's flush, which creates all permissions anew after every test."""
    for name in connection.database.list_collection_names():
        if name not in KEPT:
            connection.database[name].delete_many({})


# The stubs leave out private methods.
TransactionTestCase._fixture_teardown = clear_database  # type: ignore[attr-defined]


@pytest.fixture(autouse=True)
def _fresh_process(monkeypatch):
    """Clears everything that the process remembers, and makes tests wait for nothing."""
    LOG.sent.clear()
    catalogue.__init__()
    remembered_principals.forget()
    outage.__init__()
    monkeypatch.setattr(downloads, "_sending", Semaphore(downloads.MAX_SENDING))
    monkeypatch.setattr(versions, "SETTLE", timedelta(0))
    monkeypatch.setattr(clock, "now", machine_time)
    monkeypatch.setattr(mail.background, "submit", lambda work, *args: work(*args))
    monkeypatch.setattr(mail.connections, "close_all", lambda: None)


def machine_time():
    """Stands in for the database's clock, because tests travel in time."""
    now = datetime.now(UTC)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)


def client_of(user) -> APIClient:
    client = APIClient()
    client.credentials(
        HTTP_AUTHORIZATION=f"Bearer {AccessToken.of(SignInFactory.document(user=user))}"
    )
    return client


@pytest.fixture
def anonymous():
    return APIClient()


@pytest.fixture
def ann(db):
    return UserFactory(email="ann@example.com")


@pytest.fixture
def api(ann):
    """Signed in as Ann."""
    return client_of(ann)


@pytest.fixture
def stranger(db):
    """Signed in as a user who owns no documents."""
    return client_of(UserFactory())


@pytest.fixture
def staff(db):
    return client_of(CuratorFactory())


@pytest.fixture
def bench_press(db):
    return ExerciseFactory(name="Bench Press")


@pytest.fixture
def command_log():
    return LOG.sent
