"""Finds out from the log what has become of names that the catalogue doesn't have any more."""

from collections.abc import Collection, Mapping
from typing import Any

from bson import ObjectId

from ..audit import reading
from ..audit.operations import Action, Kind
from ..models import CatalogueChange, CatalogueOperation, ExerciseDocument
from ..names import name_key
from ..snapshot import Snapshot


class Departed:
    """What has become of names, by their keys.

    `former` has the exercises that were renamed since, and `deleted` the deletions of others. What
    an undo renamed or deleted counts for neither.
    """

    def __init__(self, keys: Collection[str], snapshot: Snapshot) -> None:
        self.former: dict[str, ExerciseDocument] = {}
        deletions: dict[str, Any] = {}
        changes, undoing = _departures(), _undoing()
        latest = {each["exerciseId"]: each for each in changes if each["action"] == Action.DELETE}
        for change in changes:
            key = name_key(change["fields"]["name"]["old"] or "")
            if key not in keys or _is_renamed_by(change, undoing):
                continue
            current = snapshot.merged.get(change["exerciseId"], change["exerciseId"])
            if current in snapshot.by_id:
                self.former[key] = snapshot.by_id[current]
            else:
                deletions[key] = latest.get(current)
        self.deleted = _rows(
            {key: e for key, e in deletions.items() if e and e["operation"] not in undoing}
        )


def _departures() -> list[Any]:
    """The changes that took away names, oldest first.

    There is no index for this, and spellings differ, so all of them are read.
    """
    actions = [action.value for action in (Action.CHANGE, Action.DELETE, Action.MERGE)]
    query = {"action": {"$in": actions}, "fields.name": {"$exists": True}}
    wanted = ("exerciseId", "operation", "action", "name", "at", "fields.name")
    stored = CatalogueChange.objects.documents.collection
    found = stored.find(query, dict.fromkeys(wanted, 1))
    return sorted(found, key=lambda change: (change["at"], change["_id"]))


def _is_renamed_by(change: Any, operations: Collection[ObjectId]) -> bool:
    return change["action"] == Action.CHANGE and change["operation"] in operations


def _rows(deletions: Mapping[str, Any]) -> dict[str, reading.ChangeRow]:
    rows = {row.id: row for row in reading.rows_of(deletions.values())} if deletions else {}
    return {key: rows[change["_id"]] for key, change in deletions.items()}


def _undoing() -> set[ObjectId]:
    """The ids of the operations that undid others."""
    operations = CatalogueOperation.objects.documents.collection
    return {each["_id"] for each in operations.find({"kind": Kind.UNDO.value}, {"_id": 1})}
