"""The writes of one transaction to the catalogue, which are sent together."""

from collections.abc import Collection, Iterable
from typing import Any

from bson import ObjectId
from pymongo import ReplaceOne

from fitness_project.documents.tombstones import is_tombstone

from .models import Exercise, ExerciseDocument
from .names import name_key


class Writing:
    """Exercises and names as the transaction has left them so far.

    `prepare` reads many at once. What was not prepared is read when it is needed.
    """

    def __init__(self, version: int) -> None:
        self.version = version
        self._exercises: dict[ObjectId, ExerciseDocument | None] = {}
        self._owners: dict[str, set[ObjectId]] = {}
        self._put: dict[ObjectId, Any] = {}

    def prepare(self, ids: Iterable[ObjectId], names: Iterable[str]) -> None:
        self._read(set(ids) - self._exercises.keys())
        self._read_owners(set(map(name_key, names)) - self._owners.keys())

    def find(self, exercise_id: ObjectId) -> ExerciseDocument | None:
        self.prepare([exercise_id], [])
        return self._exercises[exercise_id]

    def is_taken(self, name: str, exercise_id: ObjectId) -> bool:
        """Whether another exercise than this one has the name."""
        self.prepare([], [name])
        return bool(self._owners[name_key(name)] - {exercise_id})

    def put(self, document: Any) -> Any:
        """Puts an exercise or a tombstone in the place of what is there, and returns it."""
        self._exercises[document["_id"]] = None if is_tombstone(document) else document
        self._put[document["_id"]] = document
        for key, owners in self._owners.items():
            _note_owner(owners, key, document)
        return document

    def send(self) -> None:
        """Must be called before the transaction ends."""
        stored = Exercise.objects.documents
        writes = [ReplaceOne({"_id": each}, self._put[each], upsert=True) for each in self._put]
        if writes:
            stored.collection.bulk_write(writes, session=stored.session)

    def _read(self, ids: set[ObjectId]) -> None:
        self._exercises |= dict.fromkeys(ids)
        for document in _find("_id", ids):
            self._exercises[document["_id"]] = None if is_tombstone(document) else document

    def _read_owners(self, keys: set[str]) -> None:
        self._owners |= {key: set() for key in keys}
        for document in _find("nameKey", keys):
            self._owners[document["nameKey"]].add(document["_id"])
        for document in self._put.values():
            for key in keys:
                _note_owner(self._owners[key], key, document)


def _note_owner(owners: set[ObjectId], key: str, document: Any) -> None:
    if document.get("nameKey") == key:
        owners.add(document["_id"])
    else:
        owners.discard(document["_id"])


def _find(field: str, values: Collection[Any]) -> Iterable[Any]:
    stored = Exercise.objects.documents
    query = {field: {"$in": list(values)}}
    return stored.collection.find(query, session=stored.session) if values else ()
