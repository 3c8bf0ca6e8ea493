"""Finds out from the log what has become of names that the catalogue doesn't have any more."""

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from bson import ObjectId

from ..audit.operations import Action, Kind
from ..models import CatalogueChange, CatalogueOperation, ExerciseDocument
from ..names import name_key
from ..snapshot import Snapshot


class Departed:
    """What has become of names, by their keys.

    `former` has the exercises that were renamed since. A name that an undo took away again doesn't
    count.
    """

    def __init__(self, keys: Collection[str], snapshot: Snapshot) -> None:
        self.former: dict[str, ExerciseDocument] = {}
        undoing = _undoing()
        for key, changes in _departures(keys).items():
            for change in changes:
                exercise_id = change["exerciseId"]
                current = snapshot.by_id.get(snapshot.merged.get(exercise_id, exercise_id))
                if current and change["operation"] not in undoing:
                    self.former[key] = current


def _departures(keys: Collection[str]) -> dict[str, list[Any]]:
    """The changes that took away each of the names, oldest first.

    There is no index for this, and spellings differ, so all changes of names are read.
    """
    found: dict[str, list[Any]] = defaultdict(list)
    query = {"action": Action.CHANGE.value, "fields.name": {"$exists": True}}
    wanted = ("exerciseId", "operation", "action", "name", "at", "fields.name")
    stored = CatalogueChange.objects.documents.collection.find(query, dict.fromkeys(wanted, 1))
    for change in sorted(stored, key=lambda change: (change["at"], change["_id"])):
        key = name_key(change["fields"]["name"]["old"] or "")
        if key in keys:
            found[key].append(change)
    return found


def _undoing() -> set[ObjectId]:
    """The ids of the operations that undid others."""
    operations = CatalogueOperation.objects.documents.collection
    return {each["_id"] for each in operations.find({"kind": Kind.UNDO.value}, {"_id": 1})}
