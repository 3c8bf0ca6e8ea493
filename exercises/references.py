"""Finds and renames the entries that refer to exercises, in all collections that have entries."""

from collections.abc import Iterable

from bson import ObjectId

from fitness_project.documents import registry
from fitness_project.documents.instants import now

from .models import Exercise

EXERCISES = Exercise._meta.db_table


def used_among(ids: Iterable[ObjectId]) -> set[ObjectId]:
    """The ids of the exercises that a routine or a session uses.

    One query looks for all the ids, and is repeated only if it finds one.
    """
    unused, used = set(ids), set()
    for entry, reference in registry.references_to(EXERCISES):
        find, path = entry.documents.collection.find_one, reference.path
        while document := find({path: {"$in": list(unused)}}, {path: 1}):
            used |= unused & {item[reference.id_field] for item in document[reference.array]}
            unused -= used
    return used


def rename(exercise_id: ObjectId, name: str) -> None:
    """Copies the exercise's new name into the entries that follow it."""
    for entry, reference in registry.references_to(EXERCISES):
        if "name" not in reference.copied:
            continue
        old = {reference.id_field: exercise_id, "name": {"$ne": name}}
        new_name = {f"{reference.array}.$[item].name": name}
        entry.documents.collection.update_many(
            {reference.array: {"$elemMatch": old}},
            {"$set": {**new_name, "updatedAt": now(), "revision": ObjectId()}},
            array_filters=[{f"item.{reference.id_field}": exercise_id}],
            session=entry.documents.session,
        )
