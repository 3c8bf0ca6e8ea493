"""Finds and renames the entries that refer to exercises, in all collections that have entries.

These are curators' commands: they find entries by the index on `exercises.exerciseId`, whoever owns
them. Each document is then written on its own, as one of its owner's.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from itertools import islice

from bson import ObjectId

from fitness_project.documents import registry
from fitness_project.documents.collection import Document, Stored
from fitness_project.documents.owned import OwnedDocuments

from .models import Exercise

EXERCISES = Exercise._meta.db_table

# Nobody needs to know how many more there are, and counting millions takes seconds.
MANY = 1_000

Names = Mapping[ObjectId, str]
"""The names of exercises by id."""


def used_among(ids: Iterable[ObjectId]) -> set[ObjectId]:
    """The ids of the exercises that a routine or a session uses.

    One query looks for all the ids, and is repeated for the others if it finds some.
    """
    unused, used = set(ids), set[ObjectId]()
    for entry, reference in registry.references_to(EXERCISES):
        while unused and (found := _uses_of(unused, entry, reference)):
            used |= found
            unused -= found
    return used


def _uses_of(
    ids: set[ObjectId], entry: registry.Entry, reference: registry.Reference
) -> set[ObjectId]:
    """Some of the ids that are used there, or none if none are."""
    query = {reference.path: {"$in": list(ids)}}
    documents = entry.documents.collection.find(query, {reference.path: 1}).limit(len(ids))
    found = {
        item[reference.id_field] for document in documents for item in document[reference.array]
    }
    return found & ids


def count_uses(exercise_id: ObjectId) -> dict[str, int]:
    """How many documents of each kind use the exercise, but at most MANY, by the kind's name."""
    counts = {}
    for entry, reference in registry.references_to(EXERCISES):
        uses = entry.documents.collection.find({reference.path: exercise_id}, {"_id": 1})
        counts[str(entry.documents.model._meta.verbose_name)] = len(uses.limit(MANY).to_list())
    return counts


def rename(names: Names, most: int | None = None) -> None:
    """Copies the exercises' names into the entries that follow them.

    Changes at most that many documents, each in a write of its own.
    """
    for document, owned, reference in islice(_outdated(names), most):
        owned.amend(document, partial(_with_names, reference, names))


def _outdated(
    names: Names,
) -> Iterator[tuple[Stored, OwnedDocuments, registry.Reference]]:
    """The documents that have another name for one of the exercises."""
    for entry, reference in registry.references_to(EXERCISES):
        if "name" not in reference.copied or entry.owner is None:
            continue
        for exercise_id in names:
            for document in entry.documents.collection.find({reference.path: exercise_id}):
                if _with_names(reference, names, document):
                    owner = {entry.owner: document[entry.owner]}
                    yield document, OwnedDocuments(entry.documents.model, owner), reference


def _with_names(reference: registry.Reference, names: Names, document: Stored) -> Document:
    """The array of entries with the names, or nothing if it has them."""
    old = document[reference.array]
    new = [{**item, "name": names.get(item[reference.id_field], item.get("name"))} for item in old]
    return {reference.array: new} if new != old else {}
