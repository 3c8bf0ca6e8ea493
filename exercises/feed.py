"""The catalogue in the change feed: what changed in a later version than a client has.

The catalogue's writes come one after another, each with a version of its own, so nothing becomes
visible late.
"""

from bson import ObjectId

from fitness_project.documents.changes import PAGE, Part, State
from fitness_project.errors import Gone

from .catalogue import Snapshot, catalogue, changed_in

LAST_ID = ObjectId("f" * 24)


class CatalogueFeed:
    """A state is `[version, id, deletions' version]`: the last that was read, in this order."""

    def begin(self) -> State:
        return [-1, str(LAST_ID), catalogue.current().version]

    def read(self, user_id: ObjectId, state: State, goes_on: bool) -> Part:
        version, last, heard = state
        snapshot = _as_new_as(max(version, heard))
        rows = snapshot.changed_after((version, ObjectId(last)), PAGE + 1)
        # What is newer than the snapshot's version may not be all of it yet: it comes next time.
        rows = [row for row in rows if changed_in(row)[0] <= snapshot.version]
        has_more, rows = len(rows) > PAGE, rows[:PAGE]
        place = changed_in(rows[-1]) if has_more else (snapshot.version, LAST_ID)
        deleted = [row["_id"] for row in snapshot.deletions if row["changedIn"] > heard]
        return Part(rows, deleted, [place[0], str(place[1]), snapshot.version], has_more)


def _as_new_as(version: int) -> Snapshot:
    """Another process may have responded last, and have known more."""
    snapshot = catalogue.current()
    if snapshot.version < version:
        snapshot = catalogue.refreshed()
    if snapshot.version < version:
        raise Gone("The catalogue is older than this token. Start afresh, without a token.")
    return snapshot
