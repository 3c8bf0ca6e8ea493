"""A database that others run, at MONGODB_URI: gone, hung, stepping down, losing replies."""

import os
import signal
import sys
import time

import pytest

from fitness_project.database.tests.relay import Relay
from fitness_project.tests.e2e.client import PASSWORD
from fitness_project.tests.e2e.connections import ask_at_once
from fitness_project.tests.e2e.service import Service, running
from fitness_project.tests.e2e.watch import SUCCESS, Watch
from fitness_project.tests.processes import wait_until

from .test_killed import (
    ALIVE,
    BACK_SECONDS,
    CROWDS,
    RESPONSE_SECONDS,
    assert_says_when_to_come_back,
    refused_and_alive,
)

pytestmark = pytest.mark.timeout(600)

NAME = "secantus"  # Which the server gives itself.
AWAY_SECONDS = 8
CROWD = CROWDS["workers that know the database"]


def service_at(port, tmp_path, **options):
    options = "&".join(f"{name}={value}" for name, value in options.items())
    uri = f"mongodb://127.0.0.1:{port}/?{options}"
    return running(Service(tmp_path / "var", MONGODB_URI=uri, SECRET_KEY="k" * 32))


@pytest.fixture
def service(replica_set, tmp_path):
    with service_at(replica_set.port, tmp_path, replicaSet=NAME) as service:
        yield service


def stop(server):
    server.stop()


def hang(server):
    os.kill(server.pid, signal.SIGSTOP)


RETURNS = {
    stop: lambda server: server.start(),
    hang: lambda server: os.kill(server.pid, signal.SIGCONT),
}


@pytest.mark.parametrize("leave", RETURNS)
def test_requests_are_refused_in_time_while_the_database_is_away(service, replica_set, leave):
    with Watch(service) as watch:
        leave(replica_set)
        wait_until(lambda: watch.refused)
        time.sleep(AWAY_SECONDS)
        RETURNS[leave](replica_set)
        wait_until(replica_set.works)
        at = time.monotonic()
        watch.wait_for_calm()

    sys.stdout.write(f"{leave.__name__}: refused {len(watch.refused)}, longest response ")
    sys.stdout.write(f"{watch.longest:.2f} s, back after {watch.trouble_after(at):.2f} s\n")
    assert watch.statuses == {*SUCCESS, 503}
    assert watch.statuses_of("/healthz") == {200}
    assert 503 in watch.statuses_of("/readyz")
    assert all(asked.response.headers["Retry-After"] for asked in watch.refused)
    assert watch.longest < RESPONSE_SECONDS
    assert watch.trouble_after(at) < BACK_SECONDS


def test_a_hung_database_holds_up_nobody(service, replica_set):
    ann = service.register("ann@example.com")
    ask_at_once(ann, "/api/history", 20)  # So many that each worker gets some.

    hang(replica_set)
    refused, alive = refused_and_alive(ann, CROWD)
    RETURNS[hang](replica_set)

    assert (len(refused), len(alive)) == (CROWD, ALIVE)
    assert_says_when_to_come_back(refused[0])


def test_readyz_answers_within_a_second_while_the_database_hangs(service, replica_set):
    hang(replica_set)
    asked = [timed(service) for _ in range(5)]
    RETURNS[hang](replica_set)

    assert {status for status, _ in asked} == {503}
    # Most of them, because a loaded machine is slow.
    assert sorted(seconds for _, seconds in asked)[2] < 1


def timed(service):
    started = time.monotonic()
    return service.call("GET", "/readyz").status, time.monotonic() - started


def test_a_wrong_replica_set_is_named(replica_set, tmp_path):
    uri = f"mongodb://127.0.0.1:{replica_set.port}/?replicaSet=other"
    service = Service(tmp_path / "var", MONGODB_URI=uri, SECRET_KEY="k" * 32)

    failed = service.manage("serve")

    assert failed.returncode == 1
    assert "no server there belongs to the replica set 'other'" in failed.stderr


# Passing errors


@pytest.fixture
def relay(replica_set):
    relay = Relay(replica_set.port)
    yield relay
    relay.close()


@pytest.fixture
def relayed(relay, tmp_path):
    """A user of a service whose every command goes through the relay."""
    with service_at(relay.port, tmp_path, directConnection="true") as service:
        yield service.register("ann@example.com")


WRITES = ("insert", "update", "findAndModify", "commitTransaction")
TROUBLES = [
    *((trouble, command) for trouble in ("loses", "refuses") for command in WRITES),
    ("forgets", "commitTransaction"),
]


@pytest.mark.parametrize(("trouble", "command"), TROUBLES)
def test_writes_outlive_a_passing_error(relayed, relay, trouble, command):
    entries = relayed.entries()
    session = {"date": "2026-11-21T18:30:00Z", "exercises": entries}
    kept = relayed.call("POST", "/api/routines", {"name": "Kept", "exercises": entries}).json
    gone = relayed.call("POST", "/api/routines", {"name": "Gone", "exercises": entries}).json

    found, happened = [], []
    for method, path, body in (
        ("POST", "/api/routines", {"name": "New", "exercises": entries}),
        ("POST", "/api/history", session),
        ("PATCH", f"/api/routines/{kept['id']}", {"notes": "Changed"}),
        ("DELETE", f"/api/routines/{gone['id']}", None),
        ("PATCH", "/api/auth/me", {"name": "Ann"}),
        ("POST", "/api/auth/refresh", {"refresh": relayed.refresh}),
        ("POST", "/api/auth/login", {"email": "ann@example.com", "password": PASSWORD}),
    ):
        getattr(relay, trouble)(command)
        found.append(relayed.call(method, path, body).status)
        happened.append(not relay.calls_off())

    assert found == [201, 201, 200, 204, 200, 200, 200]
    assert any(happened)
    routines = relayed.everything("/api/routines")
    assert {r["name"]: r["notes"] for r in routines} == {"New": None, "Kept": "Changed"}
    assert len(routines) == 2
    assert len(relayed.everything("/api/history")) == 1
    account = relayed.call("GET", "/api/auth/me").json
    assert account["name"] == "Ann"
    assert sorted(account["routines"]) == sorted(r["id"] for r in routines)
