"""The change feed: a client that only reads the feed ends with what the server has."""

import time
from datetime import timedelta

import pytest
from django.core import signing
from django.db import connection

from accounts.tests.factories import PASSWORD
from exercises import deletions, services
from exercises.catalogue import catalogue
from exercises.feed import CatalogueFeed
from exercises.tests.factories import ExerciseFactory, entry, some_operation
from fitness_project.api import sync
from fitness_project.documents import changes as feed
from history.tests.factories import SessionFactory
from routines.tests.factories import RoutineFactory

from .device import KINDS, SYNC, Device

pytestmark = pytest.mark.django_db


@pytest.fixture
def device(api):
    return Device(api)


def test_without_a_token_the_feed_returns_everything(device, ann):
    RoutineFactory(user=ann)
    SessionFactory(user=ann)
    ExerciseFactory(is_archived=True)
    SessionFactory()

    assert device.sync().is_as_the_server()
    assert [len(device.has[kind]) for kind in KINDS] == [4, 1, 1]


def test_with_a_token_it_returns_only_what_changed(device, api, ann, bench_press):
    routine, session = RoutineFactory(user=ann), SessionFactory(user=ann)
    kept = RoutineFactory(user=ann)
    device.sync()
    nothing = device.ask()
    api.patch(f"/api/routines/{routine.pk}", {"notes": "light"})
    api.delete(f"/api/history/{session.pk}")
    services.change_exercise(some_operation(), bench_press.pk, {"level": "expert"})

    page = device.ask()

    assert nothing["changes"] == nothing["deleted"] == {kind: [] for kind in KINDS}
    assert [row["id"] for row in page["changes"]["routines"]] == [str(routine.pk)]
    assert page["deleted"] == {"exercises": [], "routines": [], "history": [str(session.pk)]}
    assert [row["level"] for row in page["changes"]["exercises"]] == ["expert"]
    assert not page["hasMore"]
    assert str(kept.pk) not in str(page["changes"])


def test_a_renamed_exercise_comes_with_its_routines(device, api, bench_press):
    api.post("/api/routines", {"name": "Push", "exercises": [entry(bench_press)]})
    device.sync()

    services.change_exercise(some_operation(), bench_press.pk, {"name": "Barbell Bench Press"})
    page = device.ask()

    assert page["changes"]["exercises"][0]["name"] == "Barbell Bench Press"
    assert page["changes"]["routines"][0]["exercises"][0]["name"] == "Barbell Bench Press"


def rename_its_exercise(client, path, exercise):
    services.change_exercise(some_operation(), exercise.pk, {"name": "Barbell Bench Press"})


def put(client, path, exercise):
    client.put(path, {"name": "Pull", "exercises": [entry(exercise)]})


def patch(client, path, exercise):
    client.patch(path, {"notes": "light"})


@pytest.mark.parametrize("change", [rename_its_exercise, put, patch])
def test_a_change_of_an_old_document_comes(device, api, bench_press, change):
    created = api.post("/api/routines", {"name": "Push", "exercises": [entry(bench_press)]})
    hour_ago = feed.now() - timedelta(hours=1)
    connection.database["routines"].update_one({}, {"$set": {"updatedAt": hour_ago}})
    known = dict(device.sync().has["routines"])

    change(api, created["Location"], bench_press)

    assert device.sync().is_as_the_server()
    assert device.has["routines"] != known


def test_a_deleted_exercise_is_reported(device, bench_press):
    device.sync()

    deletions.delete_exercise(some_operation(), bench_press.pk)

    assert device.ask()["deleted"]["exercises"] == [str(bench_press.pk)]
    assert device.sync().is_as_the_server()


def test_a_deleted_id_that_is_used_again_comes_as_a_change(device, api, ann, bench_press):
    session = SessionFactory(user=ann)
    device.sync()
    api.delete(f"/api/history/{session.pk}")
    body = {"date": "2026-05-01T10:00:00Z", "exercises": [entry(bench_press)]}
    api.post("/api/history", {**body, "id": str(session.pk)})

    page = device.ask()

    assert [row["id"] for row in page["changes"]["history"]] == [str(session.pk)]
    assert page["deleted"]["history"] == []


@pytest.fixture
def _at_once(monkeypatch):
    """Stands in for the seconds after which writes are settled."""
    monkeypatch.setattr(feed, "REQUEST", timedelta(0))


@pytest.mark.usefixtures("_at_once")
def test_the_feed_comes_in_pages(device, ann, monkeypatch):
    monkeypatch.setattr(feed, "PAGE", 3)
    for _ in range(10):
        SessionFactory(user=ann, exercises=[])
    pages = [device.apply(device.ask()) for _ in range(4)]

    assert [len(page["changes"]["history"]) for page in pages] == [3, 3, 3, 1]
    assert [page["hasMore"] for page in pages] == [True, True, True, False]
    assert device.is_as_the_server()


def test_a_page_within_a_visit_ends_where_writes_may_still_become_visible(device, ann, monkeypatch):
    monkeypatch.setattr(feed, "PAGE", 2)
    earlier = feed.now() - timedelta(seconds=10)
    for _ in range(3):
        SessionFactory(user=ann, exercises=[], updated_at=earlier)
    for _ in range(3):
        SessionFactory(user=ann, exercises=[])
    pages = [device.apply(device.ask()) for _ in range(3)]
    SessionFactory(user=ann, exercises=[], updated_at=feed.now() - timedelta(seconds=2))
    monkeypatch.setattr(feed, "PAGE", 10)

    last = device.ask()

    assert [len(page["changes"]["history"]) for page in pages] == [2, 1, 0]
    assert all(page["hasMore"] for page in pages)
    assert (len(last["changes"]["history"]), last["hasMore"]) == (4, False)


def test_the_last_page_has_what_was_written_during_the_visit(device, api, ann, monkeypatch):
    monkeypatch.setattr(feed, "PAGE", 2)
    old = feed.now() - timedelta(hours=1)
    kept, changed = (RoutineFactory(user=ann, exercises=[], updated_at=old) for _ in range(2))
    for _ in range(5):
        SessionFactory(user=ann, exercises=[], updated_at=old)
    device.apply(device.ask())
    api.patch(f"/api/routines/{changed.pk}", {"notes": "light"})
    device.apply(device.ask())

    last = device.apply(device.ask())

    assert not last["hasMore"]
    assert device.is_as_the_server()
    assert str(kept.pk) not in str(last)


def test_pages_of_a_burst_follow_until_it_is_settled(device, ann, monkeypatch):
    monkeypatch.setattr(feed, "PAGE", 2)
    monkeypatch.setattr(feed, "REQUEST", timedelta(seconds=0.5))
    device.sync()
    for _ in range(9):
        SessionFactory(user=ann, exercises=[])

    assert device.ask()["hasMore"]
    assert device.sync().is_as_the_server()


@pytest.mark.usefixtures("_at_once")
def test_pages_come_to_an_end_even_if_much_has_just_changed(device, ann, monkeypatch):
    monkeypatch.setattr(feed, "PAGE", 2)
    monkeypatch.setattr(feed, "MAX_NAMED", 1)
    for _ in range(5):
        RoutineFactory(user=ann, exercises=[])
    for _ in range(4):
        SessionFactory(user=ann, exercises=[])

    for _ in range(3):
        pages = [device.apply(device.ask()) for _ in range(3)]
        assert [page["hasMore"] for page in pages] == [True, True, False]
    assert device.is_as_the_server()


def test_settled_documents_are_not_read_again(device, api, ann, monkeypatch, command_log):
    monkeypatch.setattr(feed, "SETTLE", timedelta(0))
    SessionFactory(user=ann)
    device.sync()
    time.sleep(0.01)
    device.sync()
    command_log.clear()

    device.sync()

    finds = [
        c for name, c in command_log if name == "find" and c["find"] in ("routines", "history")
    ]
    assert [list(find["filter"]) for find in finds] == [["userId", "updatedAt"]] * 2
    assert device.heard == 2


def test_a_document_that_becomes_visible_late_is_not_missed(device, ann, monkeypatch):
    device.sync()
    late, real = SessionFactory(user=ann, updated_at=feed.now() - timedelta(seconds=50)), feed.now
    monkeypatch.setattr(feed, "now", lambda: real() + timedelta(hours=1))

    assert [row["id"] for row in device.ask()["changes"]["history"]] == [str(late.pk)]


def test_nothing_is_missed_if_the_clock_is_set_back(device, ann, monkeypatch):
    real = feed.now
    monkeypatch.setattr(feed, "now", lambda: real() + timedelta(hours=1))
    device.sync()
    monkeypatch.setattr(feed, "now", real)
    session = SessionFactory(user=ann)

    assert [row["id"] for row in device.ask()["changes"]["history"]] == [str(session.pk)]


def test_a_token_names_a_limited_number_of_documents(device, ann, monkeypatch):
    monkeypatch.setattr(feed, "MAX_NAMED", 2)
    for _ in range(3):
        SessionFactory(user=ann, exercises=[])

    states, _ = sync.read_token(ann.pk, device.sync().token)

    _, _, _, named = states["history"]
    assert len(named) == 2


@pytest.mark.parametrize("continues", [False, True])
def test_a_token_of_an_older_version_goes_on(device, api, ann, continues):
    deleted, changed = SessionFactory(user=ann), SessionFactory(user=ann)
    device.sync()
    states, _ = sync.read_token(ann.pk, device.token)
    since, *_, names = states["history"]
    states["history"] = [[since, None, None, names], [since, None, None, []]]
    states["routines"] = [since, None, None, []]
    device.token = signing.dumps([states, continues], salt=f"sync {ann.pk}", compress=True)
    api.delete(f"/api/history/{deleted.pk}")
    api.patch(f"/api/history/{changed.pk}", {"notes": "light"})

    device.sync()

    assert device.is_as_the_server()


@pytest.mark.parametrize("token", ["", "x", "a:b:c", "x" * 8001])
def test_an_invalid_token_is_a_400(api, token):
    refused = api.get(SYNC, {"since": token})

    assert refused.status_code == 400
    assert refused.json()["errors"][0]["pointer"] == "?since"


def test_a_changed_token_is_a_400(device):
    token = device.ask()["next"]
    device.token = token[:-1] + ("A" if token[-1] != "A" else "B")

    assert device.client.get(SYNC, {"since": device.token}).status_code == 400


def test_another_users_token_is_a_400(device, stranger):
    token = device.ask()["next"]

    assert stranger.get(SYNC, {"since": token}).status_code == 400


def test_a_token_lasts_90_days(device, monkeypatch):
    token, real = device.ask()["next"], time.time
    monkeypatch.setattr(signing.time, "time", lambda: real() + 90 * 86_400 - 60)
    assert device.client.get(SYNC, {"since": token}).status_code == 200

    monkeypatch.setattr(signing.time, "time", lambda: real() + 90 * 86_400 + 60)
    refused = device.client.get(SYNC, {"since": token})

    assert (refused.status_code, refused.json()["code"]) == (410, "gone")
    assert "Start afresh" in refused.json()["detail"]


def test_tombstones_outlast_the_tokens():
    for name in KINDS:
        index = connection.database[name].index_information()[f"{name}_expire"]
        assert index["expireAfterSeconds"] > sync.TOKENS_LIVE_SECONDS
        assert index["partialFilterExpression"] == {"deletedAt": {"$exists": True}}


def test_changes_newer_than_the_snapshot_wait_until_their_version_is_complete(device, bench_press):
    device.sync()
    services.change_exercise(some_operation(), bench_press.pk, {"level": "expert"})
    snapshot = catalogue.refreshed()
    snapshot.version -= 1

    early = CatalogueFeed().read(None, [snapshot.version - 1, "f" * 24, 0], continues=False)
    catalogue.__init__()

    assert early.changed == []
    assert [row["level"] for row in device.ask()["changes"]["exercises"]] == ["expert"]


def test_a_catalogue_older_than_the_token_is_a_410(device, bench_press):
    services.change_exercise(some_operation(), bench_press.pk, {"level": "expert"})
    device.sync()
    connection.database["catalogue"].update_one({}, {"$set": {"version": 0}})
    catalogue.__init__()

    assert device.client.get(SYNC, {"since": device.token}).status_code == 410


def test_a_deleted_account_leaves_no_tombstones(api, ann):
    for path in (
        f"/api/routines/{RoutineFactory(user=ann).pk}",
        f"/api/history/{SessionFactory(user=ann).pk}",
    ):
        api.delete(path)

    api.delete("/api/auth/me", {"password": PASSWORD})

    for name in ("routines", "history"):
        assert connection.database[name].count_documents({}) == 0


def test_tombstones_are_in_no_list_and_no_admin(api, staff, ann, bench_press):
    session = SessionFactory(user=ann)
    api.delete(f"/api/history/{session.pk}")
    deletions.delete_exercise(some_operation(), bench_press.pk)

    assert api.get("/api/history").json()["results"] == []
    assert type(session).objects.count() == 0
    assert type(bench_press).objects.filter(pk=bench_press.pk).count() == 0
