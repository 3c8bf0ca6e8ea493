"""The catalogue in the change feed: what was changed in a later version than a client has.

The catalogue's writes come one after another, each with a version of its own, so nothing becomes
visible late.
"""

from dataclasses import dataclass

from bson import ObjectId

from fitness_project.api.errors import Gone
from fitness_project.api.feed import PAGE, Part

from .catalogue import catalogue, changed_in
from .serializers import ExerciseSerializer

LAST_ID = ObjectId("f" * 24)


@dataclass(frozen=True)
class CatalogueFeed:
    """A state is `[version, id, deletions' version]`: the last that was got, in this order."""

    name: str = "exercises"
    serializer_class: type = ExerciseSerializer

    def begin(self):
        return [-1, str(LAST_ID), catalogue.current().version]

    def read(self, user, state, goes_on):
        version, id, heard = state
        snapshot = _as_new_as(max(version, heard))
        rows = snapshot.changed_after((version, ObjectId(id)), PAGE + 1)
        # What is newer than the snapshot's version may not be all of it yet: it comes next time.
        rows = [row for row in rows if changed_in(row)[0] <= snapshot.version]
        has_more, rows = len(rows) > PAGE, rows[:PAGE]
        place = changed_in(rows[-1]) if has_more else (snapshot.version, LAST_ID)
        return Part(
            [ExerciseSerializer.answer(row) for row in rows],
            [row["_id"] for row in snapshot.deletions if row["changedIn"] > heard],
            [place[0], str(place[1]), snapshot.version],
            has_more,
        )


def _as_new_as(version):
    """Another process may have answered last, and known more."""
    snapshot = catalogue.current()
    if snapshot.version < version:
        snapshot = catalogue.refreshed()
    if snapshot.version < version:
        raise Gone("The catalogue is older than this token: start afresh, without one.")
    return snapshot
