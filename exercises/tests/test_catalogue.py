"""The catalogue that a process holds in memory."""

from concurrent.futures import ThreadPoolExecutor
from time import sleep

import pytest
from bson import ObjectId
from django.db import connection

from exercises import catalogue as catalogue_module
from exercises import deletions, services
from exercises.catalogue import VERSION_ID, Catalogue, catalogue
from exercises.feed import CHANGES
from exercises.models import CatalogueVersion, Exercise
from exercises.search import SearchIndex
from exercises.tests.factories import some_operation
from exercises.views import ORDERS

EXERCISES = "/api/exercises"


def names(response):
    return [row["name"] for row in response.json()["results"]]


def create(**fields):
    return services.create_exercise(some_operation(), {"description": "", **fields})["_id"]


def contents(snapshot):
    """All that can be read from a snapshot. It is sorted and indexed now, if it wasn't before."""
    return (
        snapshot.version,
        snapshot.by_id,
        snapshot.ids,
        snapshot.deleted,
        [snapshot.sorted_by(order) for order in (*ORDERS.values(), CHANGES)],
        [list(snapshot.search(text)) for text in ("press", "barbel", "ro", "pullup", "floor")],
    )


@pytest.fixture
def other(db):
    """The catalogue in another process, which has read, sorted and indexed three exercises."""
    for name, equipment in (("Bench Press", "barbell"), ("Row", "barbell"), ("Pull-Up", None)):
        create(name=name, equipment=equipment)
    other = Catalogue()
    contents(other.refreshed())
    return other


def test_a_change_by_another_process_is_seen_within_a_second(api, monkeypatch):
    exercise_id = create(name="Old")
    assert names(api.get(EXERCISES)) == ["Old"]
    checked = catalogue._checked

    monkeypatch.setattr(catalogue, "forget", lambda: None)
    services.change_exercise(some_operation(), exercise_id, {"name": "New"})
    monkeypatch.setattr("exercises.catalogue.monotonic", lambda: checked + 0.9)

    assert names(api.get(EXERCISES)) == ["New"]


def test_an_exercise_that_another_process_created_is_found_at_once(api, monkeypatch):
    api.get(EXERCISES)
    monkeypatch.setattr(catalogue, "forget", lambda: None)

    exercise_id = create(name="New")

    assert api.get(f"{EXERCISES}/{exercise_id}").status_code == 200


def test_a_document_of_another_program_may_lack_fields(api):
    Exercise.objects.documents.insert({"name": "Plain", "description": "No more than this."})

    (row,) = api.get(EXERCISES).json()["results"]

    assert (row["name"], row["isArchived"], row["primaryMuscles"]) == ("Plain", False, [])


def test_a_nameless_document_of_another_program_is_left_out(api):
    Exercise.objects.documents.insert({"description": "Nothing else."})

    assert api.get(EXERCISES).json()["results"] == []


def test_a_process_reads_only_what_has_changed(other, command_log):
    before = other.current()
    exercise_id = create(name="New")
    command_log.clear()

    after = other.refreshed()

    finds = [command for name, command in command_log if command.get("find") == "exercises"]
    assert [find["filter"] for find in finds] == [{"changedIn": {"$gt": before.version}}]
    assert after.by_id.keys() - before.by_id.keys() == {exercise_id}
    assert all(after.by_id[each] is before.by_id[each] for each in before.by_id)


def test_an_index_finds_what_has_changed(db):
    indexes = connection.database["exercises"].index_information().values()

    assert [("changedIn", 1)] in [index["key"] for index in indexes]


def test_what_has_changed_gives_the_same_as_reading_everything(other):
    bench, row, pull_up = other.current().by_id
    steps = [
        lambda: create(name="Floor Press", equipment="barbell"),
        lambda: services.change_exercise(
            some_operation(), bench, {"name": "Wide Press", "equipment": "cable"}
        ),
        lambda: services.change_exercise(some_operation(), row, {"isArchived": True}),
        lambda: deletions.delete_exercise(some_operation(), pull_up),
        lambda: services.store_exercises(
            some_operation(),
            [{"name": "Pullup", "description": ""}],
            [(bench, {"name": "A"}), (row, {"name": "B"})],
        ),
        lambda: deletions.delete_exercises(some_operation(), [bench, row]),
    ]

    for step in steps:
        step()
        assert contents(other.refreshed()) == contents(Catalogue().refreshed())


def test_several_changes_are_read_together(other):
    bench, row, _ = other.current().by_id
    services.change_exercise(some_operation(), bench, {"level": "expert"})
    services.change_exercise(some_operation(), bench, {"level": "beginner"})
    deletions.delete_exercise(some_operation(), row)

    assert contents(other.refreshed()) == contents(Catalogue().refreshed())


def test_many_changes_are_sorted_and_indexed_anew(other, monkeypatch):
    monkeypatch.setattr("exercises.snapshot.MANY", 1)
    services.store_exercises(
        some_operation(), [{"name": f"New {n}", "description": ""} for n in range(2)], []
    )

    assert contents(other.refreshed()) == contents(Catalogue().refreshed())


def test_a_deleted_exercise_may_come_back(other):
    bench, *_ = other.current().by_id
    deletions.delete_exercise(some_operation(), bench)
    assert bench in other.refreshed().deleted

    deletions._restore(some_operation(), {bench})

    assert other.refreshed().by_id[bench]["isArchived"] is True
    assert contents(other.current()) == contents(Catalogue().refreshed())


def test_a_snapshot_stays_as_it_is(other):
    before = other.current()
    bench, row, _ = before.by_id
    seen = repr(contents(before))

    services.change_exercise(some_operation(), bench, {"name": "New", "equipment": "cable"})
    deletions.delete_exercise(some_operation(), row)
    other.refreshed()

    assert repr(contents(before)) == seen


def test_a_tombstone_that_has_expired_is_remembered_and_does_no_harm(other):
    bench, *_ = other.current().by_id
    deletions.delete_exercise(some_operation(), bench)
    other.refreshed()
    Exercise.objects.documents.collection.delete_one({"_id": bench})

    create(name="New")

    assert bench in other.refreshed().deleted
    assert bench not in other.current().by_id


def test_a_version_without_changes_is_read(other):
    before = other.current()
    CatalogueVersion.objects.documents.collection.update_one(
        {"_id": VERSION_ID}, {"$inc": {"version": 1}}
    )

    assert other.refreshed().version == before.version + 1
    assert other.current().by_id == before.by_id


def test_everything_is_read_again_when_the_version_has_gone_back(other):
    stored = Exercise.objects.documents.collection
    stored.delete_many({})
    stored.insert_one({"_id": ObjectId(), "name": "From the backup", "changedIn": 1})
    CatalogueVersion.objects.documents.collection.update_one(
        {"_id": VERSION_ID}, {"$set": {"version": 1}}
    )

    rows = other.refreshed().sorted_by(ORDERS["name"])

    assert [row["name"] for row in rows] == ["From the backup"]


def test_a_change_while_reading_is_read_too(other, monkeypatch):
    read_changes, late = catalogue_module._read_changes, iter(["Second"])

    def read_and_write(snapshot, version):
        changed = read_changes(snapshot, version)
        for name in late:
            create(name=name)
        return changed

    monkeypatch.setattr(catalogue_module, "_read_changes", read_and_write)
    create(name="First")

    assert [row["name"] for row in other.refreshed().search("first")] == ["First"]
    assert [row["name"] for row in other.current().search("second")] == ["Second"]
    assert contents(other.current()) == contents(Catalogue().refreshed())


def test_what_a_failed_check_has_read_is_not_read_again(other, monkeypatch, command_log):
    before, stored_version = other.current().version, catalogue_module._stored_version
    answers = iter([stored_version, timed_out])
    create(name="First")

    monkeypatch.setattr(catalogue_module, "_stored_version", lambda: next(answers)())
    with pytest.raises(TimeoutError):
        other.refreshed()
    assert other._snapshot.version == before
    monkeypatch.undo()
    create(name="Second")
    command_log.clear()
    contents(other.refreshed())

    finds = [command for name, command in command_log if command.get("find") == "exercises"]
    assert [find["filter"] for find in finds] == [{"changedIn": {"$gt": before + 1}}]
    assert contents(other.current()) == contents(Catalogue().refreshed())


def test_a_failed_check_may_have_read_later_versions(other, monkeypatch):
    bench, row, _ = other.current().by_id
    stored_version = catalogue_module._stored_version
    answers = iter([lambda: stored_version() - 2, timed_out])
    create(name="First")
    services.change_exercise(some_operation(), bench, {"name": "Second"})
    deletions.delete_exercise(some_operation(), row)

    monkeypatch.setattr(catalogue_module, "_stored_version", lambda: next(answers)())
    with pytest.raises(TimeoutError):
        other.refreshed()
    monkeypatch.undo()

    assert contents(other.refreshed()) == contents(Catalogue().refreshed())


def test_threads_that_search_at_once_share_one_index(other, monkeypatch):
    builds, updated = [], SearchIndex.updated

    def build_slowly(*given):
        builds.append(given)
        sleep(0.1)
        return updated(*given)

    snapshot = Catalogue().refreshed()
    monkeypatch.setattr(SearchIndex, "updated", build_slowly)
    with ThreadPoolExecutor(6) as threads:
        found = [*threads.map(snapshot.search, ["press", "row", "pull"] * 2)]

    assert len(builds) == 1
    assert [len(each) for each in found] == [1] * 6


def timed_out():
    raise TimeoutError
