"""Writes the log of the catalogue, in the transactions that change the catalogue."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bson import ObjectId

from exercises.models import CatalogueChange, CatalogueOperation, Exercise, ExerciseDocument
from fitness_project.documents.collection import Document
from fitness_project.documents.instants import now

from .models import Difference
from .operations import Action, Operation

CONTENT: Mapping[str, Any] = {
    str(field.column): field.get_default()
    for field in Exercise._meta.concrete_fields
    if field.editable and not field.primary_key
}
"""The fields that curators write, under their stored names, with what an absent one stands for."""
LOGGED: Mapping[str, Any] = {**CONTENT, "aliases": []}


@dataclass(frozen=True)
class Change:
    """An exercise before and after a change. One that is merged away has gone `into` another one.

    `id` is the same if the transaction runs again. A change that gives the exercise a revision has
    that as its id.
    """

    id: ObjectId
    action: Action
    before: ExerciseDocument | None
    after: ExerciseDocument | None
    into: ExerciseDocument | None = None


def changed(before: ExerciseDocument, after: ExerciseDocument) -> Change:
    return Change(after["revision"], Action.CHANGE, before, after)


def appeared(exercise: ExerciseDocument, action: Action = Action.ADD) -> Change:
    return Change(exercise["revision"], action, None, exercise)


def record(operation: Operation, changes: Iterable[Change]) -> None:
    """Logs changes of the current transaction. What changed nothing isn't logged.

    If the transaction was committed before and only the reply was lost, nothing is logged twice.
    """
    present = now()
    logged = [_logged(change, operation, present) for change in changes]
    documents = _not_yet_stored([document for document in logged if document["fields"]])
    if not documents:
        return
    stored, operations = CatalogueChange.objects.documents, CatalogueOperation.objects.documents
    stored.collection.insert_many(documents, session=stored.session)
    operations.collection.update_one(
        {"_id": operation.id}, _entry(operation, documents), upsert=True, session=stored.session
    )


def changed_by(operation_id: ObjectId) -> set[ObjectId]:
    """The ids of the exercises that the operation has changed."""
    stored = CatalogueChange.objects.documents.collection
    found = stored.find({"operation": operation_id}, {"exerciseId": 1})
    return {change["exerciseId"] for change in found}


def is_undone(operation_id: ObjectId) -> bool:
    """Whether the operation has been undone, or is being undone."""
    operation = CatalogueOperation.objects.documents.find(operation_id)
    return operation is not None and operation.get("undoneBy") is not None


def difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Difference]:
    """The content that differs, by field."""
    pairs = {name: (content(before, name), content(after, name)) for name in LOGGED}
    return {name: {"old": old, "new": new} for name, (old, new) in pairs.items() if old != new}


def is_like(exercise: Mapping[str, Any], fields: Mapping[str, Any]) -> bool:
    """Whether the exercise has these values already."""
    return all(content(exercise, name) == content(fields, name) for name in fields)


def content(exercise: Mapping[str, Any], name: str) -> Any:
    """The value of a field, for which null and absent are the same."""
    value = exercise.get(name)
    return LOGGED[name] if value is None else value


def _logged(change: Change, operation: Operation, present: Any) -> Any:
    exercise: Any = change.after or change.before
    document = {
        "_id": change.id,
        "operation": operation.id,
        "exerciseId": exercise["_id"],
        "name": exercise["name"],
        "action": str(change.action),
        "fields": difference(change.before or {}, change.after or {}),
        "at": present,
    }
    created_at = None if change.after else exercise.get("createdAt")
    into = change.into and {"_id": change.into["_id"], "name": change.into["name"]}
    more = {"createdAt": created_at, "into": into}
    return {**document, **{name: value for name, value in more.items() if value}}


def _not_yet_stored(documents: list[Any]) -> list[Any]:
    ids = [document["_id"] for document in documents]
    stored = CatalogueChange.objects.documents
    found = stored.collection.find({"_id": {"$in": ids}}, {"_id": 1}, session=stored.session)
    present = {document["_id"] for document in found}
    return [document for document in documents if document["_id"] not in present]


def _entry(operation: Operation, documents: list[Any]) -> Document:
    """The update that makes the operation's document, or adds the changes to it."""
    first, actions = documents[0], [document["action"] for document in documents]
    made = {
        "kind": str(operation.kind),
        "userId": operation.user_id,
        "at": first["at"],
        "name": first["name"],
    }
    optional = {"undoes": operation.undoes, "file": operation.file}
    given = {name: value for name, value in optional.items() if value}
    counts = {f"counts.{action}": actions.count(action) for action in set(actions)}
    return {"$setOnInsert": {**made, **given}, "$inc": counts}
