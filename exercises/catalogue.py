"""The catalogue in memory.

The catalogue is small (a thousand documents, a few megabytes), every request reads it and few
people write it. Each process therefore holds all of it and reads one number from the database, the
catalogue's version, at most ten times a second. Lists, searches and the names in routines and
sessions then need no query. When the version has changed, the process reads the exercises that were
changed or deleted since its own version.

A program that writes exercises by itself must increment the version and stamp what it writes, as
`versions.py` does. Otherwise, running processes don't see it.
"""

from concurrent.futures import Future
from threading import Lock
from time import monotonic

from bson import ObjectId

from fitness_project.errors import Merged, Missing

from .models import CatalogueVersion, Exercise, ExerciseDocument
from .snapshot import Snapshot

MAX_AGE = 0.1
VERSION_ID = "exercises"


class Catalogue:
    """The current snapshot, which is at most MAX_AGE seconds behind the database.

    If several threads find that it is older, one of them asks the database and the others wait for
    what it finds.
    """

    def __init__(self) -> None:
        self._snapshot = self._newest = Snapshot()
        self._checked = float("-inf")
        self._written = float("-inf")
        self._check: Future[None] | None = None
        self._lock = Lock()

    def current(self) -> Snapshot:
        return self._at(max(monotonic() - MAX_AGE, self._written))

    def refreshed(self) -> Snapshot:
        """The snapshot, after a check that it is current."""
        return self._at(monotonic())

    def find(self, exercise_id: ObjectId) -> ExerciseDocument | None:
        """The exercise, archived or not. An id that isn't in the snapshot may be a new one."""
        snapshot = self.current()
        if exercise_id not in snapshot.by_id and exercise_id not in snapshot.merged:
            snapshot = self.refreshed()
        return snapshot.by_id.get(exercise_id)

    def get(self, exercise_id: ObjectId) -> ExerciseDocument:
        """Like `find`, but raises Missing, or Merged if the exercise was merged away."""
        found = self.find(exercise_id)
        if found is None:
            raise self.missing(exercise_id)
        return found

    def missing(self, exercise_id: ObjectId) -> Missing | Merged:
        """What to raise if there is no such exercise."""
        kept_id = self.refreshed().merged.get(exercise_id)
        return Merged(kept_id) if kept_id else Missing("No exercise has this id.")

    def kept(self, exercise_id: ObjectId) -> ObjectId:
        """The id itself or, if that exercise was merged away, the id of the one that was kept."""
        return self.current().merged.get(exercise_id, exercise_id)

    def forget(self) -> None:
        """Makes the next read check the version, after this process has written."""
        self._written = monotonic()

    def _at(self, moment: float) -> Snapshot:
        """The snapshot, after a check that didn't begin before that moment."""
        while self._checked < moment:
            with self._lock:
                check, is_mine = self._check, self._check is None
                if check is None:
                    check = self._check = Future()
            if is_mine:
                self._run(check)
            check.result()
        return self._snapshot

    def _run(self, check: Future[None]) -> None:
        started = monotonic()
        try:
            self._snapshot = self._read()
        except BaseException as error:
            self._check = None
            check.set_exception(error)
            raise
        self._checked = started
        self._check = None
        check.set_result(None)

    def _read(self) -> Snapshot:
        """The snapshot at the current version.

        What has been read is kept if the deadline passes before the version is confirmed. It may
        contain documents of later versions; the next check reads those again.
        """
        # If the version is still the same after the exercises were read, they belong to it.
        while self._newest.version != (version := _stored_version()):
            self._newest = _read_changes(self._newest, version)
        return self._newest


def _read_changes(snapshot: Snapshot, version: int) -> Snapshot:
    stored = Exercise.objects.documents.collection
    if 0 <= snapshot.version < version:
        return snapshot.updated(version, stored.find({"changedIn": {"$gt": snapshot.version}}))
    # Nothing has been read so far, or the database has been restored from a backup.
    return Snapshot().updated(version, stored.find())


def _stored_version() -> int:
    document = CatalogueVersion.objects.documents.collection.find_one({"_id": VERSION_ID})
    return document["version"] if document else 0


catalogue = Catalogue()
