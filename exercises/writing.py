"""The writes of one transaction to the catalogue, which are sent together."""

from collections.abc import Collection, Iterable
from typing import Any

from bson import ObjectId
from pymongo import ReplaceOne

from .models import Exercise, ExerciseDocument, is_gone
from .names import name_key


class Writing:
    """Exercises and names as the transaction has left them so far.

    `prepare` reads many at once. What was not prepared is read when it is needed.
    """

    def __init__(self, version: int) -> None:
        self.version = version
        self._exercises: dict[ObjectId, ExerciseDocument | None] = {}
        self._owners: dict[str, set[ObjectId]] = {}
        self._keys: dict[ObjectId, str] = {}
        self._aliased: dict[str, set[ObjectId]] = {}
        self._put: dict[ObjectId, Any] = {}
        self._new: set[ObjectId] = set()

    def prepare(self, ids: Iterable[ObjectId], names: Iterable[str]) -> None:
        self._read(set(ids) - self._exercises.keys())
        self._read_owners(set(map(name_key, names)) - self._owners.keys())

    def find(self, exercise_id: ObjectId) -> ExerciseDocument | None:
        if exercise_id not in self._exercises:
            self._read({exercise_id})
        return self._exercises[exercise_id]

    def is_taken(self, name: str, exercise_id: ObjectId) -> bool:
        """Whether another exercise than this one has the name."""
        key = name_key(name)
        if key not in self._owners:
            self._read_owners({key})
        return bool(self._owners[key] - {exercise_id})

    def add(self, document: Any) -> Any:
        """Puts a new exercise, of which `is_taken` was asked, and returns it.

        It is stored already if the transaction was committed before and only the reply was lost.
        """
        if document["_id"] not in self._keys:
            self._new.add(document["_id"])
        return self.put(document)

    def is_known(self, name: str) -> bool:
        """Whether an exercise has the name, or has it as an alias."""
        self.prepare([], [name])
        return bool(self._owners[name_key(name)] or self._aliased.get(name_key(name)))

    def put(self, document: Any) -> Any:
        """Puts an exercise, or what remains of one, in the place of what is there, and returns it.

        A name that was read by `prepare` or `is_taken` is no alias any more.
        """
        key = document.get("nameKey")
        for other_id in self._aliased.pop(key, ()):
            if other_id != document["_id"] and (other := self.find(other_id)):
                self.put({**_without_alias(other, key), "changedIn": self.version})
        if "aliases" in document:
            document = _without_alias(document, key)
        self._exercises[document["_id"]] = None if is_gone(document) else document
        self._put[document["_id"]] = document
        self._disown(document["_id"])
        self._own(document)
        return document

    def send(self) -> None:
        """Must be called before the transaction ends."""
        stored = Exercise.objects.documents
        # The embedded database takes three times as long to replace what isn't there.
        if new := [self._put[each] for each in self._put if each in self._new]:
            stored.collection.insert_many(new, session=stored.session)
        others = self._put.keys() - self._new
        writes = [ReplaceOne({"_id": each}, self._put[each], upsert=True) for each in others]
        if writes:
            stored.collection.bulk_write(writes, session=stored.session)

    def _read(self, ids: set[ObjectId]) -> None:
        self._exercises |= dict.fromkeys(ids)
        for document in _find("_id", ids):
            self._exercises[document["_id"]] = None if is_gone(document) else document

    def _read_owners(self, keys: set[str]) -> None:
        if not keys:
            return
        self._owners |= {key: set() for key in keys}
        found = (each for each in _find("nameKey", keys) if each["_id"] not in self._put)
        for document in (*found, *self._put.values()):
            self._own(document)
        for document in _find("aliases.key", keys):
            for alias in document["aliases"]:
                self._aliased.setdefault(alias["key"], set()).add(document["_id"])

    def _own(self, document: Any) -> None:
        key = document.get("nameKey")
        if key in self._owners:
            self._owners[key].add(document["_id"])
            self._keys[document["_id"]] = key

    def _disown(self, exercise_id: ObjectId) -> None:
        if key := self._keys.pop(exercise_id, None):
            self._owners[key].discard(exercise_id)


def _without_alias(exercise: Any, key: str) -> Any:
    others = [alias for alias in exercise["aliases"] if alias["key"] != key]
    return {**exercise, "aliases": others}


def _find(field: str, values: Collection[Any]) -> Iterable[Any]:
    stored = Exercise.objects.documents
    query = {field: {"$in": list(values)}}
    return stored.collection.find(query, session=stored.session) if values else ()
