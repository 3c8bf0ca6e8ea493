"""The catalogue in the change feed: the changes after the version that a client has.

Writes to the catalogue are serialised, each with its own version, so no write becomes visible late.
"""

from itertools import islice

from bson import ObjectId

from fitness_project.documents.changes import PAGE, Part, State
from fitness_project.documents.order import Boundary, Order
from fitness_project.errors import Gone

from .catalogue import catalogue
from .selection import walk
from .snapshot import Snapshot

LAST_ID = ObjectId("f" * 24)
CHANGES = Order(("changedIn", "_id"), (int, ObjectId))


class CatalogueFeed:
    """The changes of the catalogue.

    A state is `[version, id, deletions' version]`: the place of the last change that was read, and
    the version up to which deletions were read.
    """

    def begin(self) -> State:
        return [-1, str(LAST_ID), catalogue.current().version]

    def read(self, user_id: ObjectId, state: State, continues: bool) -> Part:
        version, last, heard = state
        snapshot = _snapshot_since(max(version, heard))
        later = walk(snapshot.sorted_by(CHANGES), CHANGES, Boundary((version, ObjectId(last))))
        # Changes newer than the snapshot's version may be incomplete. They are read next time.
        rows = [row for row in islice(later, PAGE + 1) if row["changedIn"] <= snapshot.version]
        has_more, rows = len(rows) > PAGE, rows[:PAGE]
        place = CHANGES.key(rows[-1]) if has_more else (snapshot.version, LAST_ID)
        deleted = [key for key, deleted_in in snapshot.deleted.items() if deleted_in > heard]
        return Part(rows, deleted, [place[0], str(place[1]), snapshot.version], has_more)


def _snapshot_since(version: int) -> Snapshot:
    """A snapshot at this version or later. Another process may have sent a newer version."""
    snapshot = catalogue.current()
    if snapshot.version < version:
        snapshot = catalogue.refreshed()
    if snapshot.version < version:
        raise Gone("The catalogue is older than this token. Start afresh, without a token.")
    return snapshot
