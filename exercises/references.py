"""Finds and renames the entries that refer to exercises, in all collections that have entries."""

from collections.abc import Iterable

from bson import ObjectId

from fitness_project.documents import registry
from fitness_project.documents.collection import Documents
from fitness_project.documents.instants import now

from .models import Exercise

EXERCISES = Exercise._meta.db_table


def used_among(ids: Iterable[ObjectId]) -> set[ObjectId]:
    """The ids of the exercises that a routine or a session uses.

    One query looks for all the ids, and is repeated only if it finds one.
    """
    unused = set(ids)
    used: set[ObjectId] = set()
    for entry, reference in registry.references_to(EXERCISES):
        while found := _any_of(unused, entry.documents, reference):
            unused -= found
            used |= found
    return used


def _any_of(
    ids: set[ObjectId], documents: Documents, reference: registry.Reference
) -> set[ObjectId]:
    """The ids that occur in the first document found with any of them."""
    document = documents.collection.find_one(
        {reference.path: {"$in": list(ids)}}, {reference.path: 1}
    )
    items = document[reference.array] if document else []
    return ids & {item[reference.id_field] for item in items}


def rename(exercise_id: ObjectId, name: str) -> None:
    """Copies the exercise's new name into the entries that follow it."""
    for entry, reference in registry.references_to(EXERCISES):
        if "name" in reference.copied:
            _rename_in(entry.documents, reference, exercise_id, name)


def _rename_in(
    documents: Documents, reference: registry.Reference, exercise_id: ObjectId, name: str
) -> None:
    renamed = f"{reference.array}.$[item].name"
    documents.collection.update_many(
        {reference.array: {"$elemMatch": {reference.id_field: exercise_id, "name": {"$ne": name}}}},
        {"$set": {renamed: name, "updatedAt": now(), "revision": ObjectId()}},
        array_filters=[{f"item.{reference.id_field}": exercise_id}],
        session=documents.session,
    )
