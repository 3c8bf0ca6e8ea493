"""Finds and changes the entries that refer to exercises, in all collections that have entries.

These are curators' commands: they find entries by the index on `exercises.exerciseId`, whoever owns
them. Each document is then written on its own, as one of its owner's.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from typing import NamedTuple

from bson import ObjectId

from fitness_project.documents import registry
from fitness_project.documents.collection import Document, Stored
from fitness_project.documents.owned import OwnedDocuments

from .catalogue import catalogue
from .models import Exercise

EXERCISES = Exercise._meta.db_table

# Nobody needs to know how many more there are, and counting millions takes seconds.
MANY = 1_000

Names = Mapping[ObjectId, str]
"""The names of exercises by id."""


class Use(NamedTuple):
    """A document that refers to an exercise, and the documents of its owner."""

    document: Stored
    owned: OwnedDocuments
    reference: registry.Reference


def used_among(ids: Iterable[ObjectId]) -> set[ObjectId]:
    """The ids of the exercises that a routine or a session uses.

    One query looks for all the ids, and is repeated for the others if it finds some.
    """
    used, snapshot = set[ObjectId](), catalogue.refreshed()
    unused = {used_id: each for each in ids for used_id in snapshot.used_ids(each)}
    for entry, reference in registry.references_to(EXERCISES):
        while unused and (found := _uses_of(unused, entry, reference)):
            used |= {unused[each] for each in found}
            unused = {each: unused[each] for each in unused if unused[each] not in used}
    return used


def _uses_of(
    ids: Collection[ObjectId], entry: registry.Entry, reference: registry.Reference
) -> set[ObjectId]:
    """Some of the ids that are used there, or none if none are."""
    query = {reference.path: {"$in": list(ids)}}
    documents = entry.documents.collection.find(query, {reference.path: 1}).limit(len(ids))
    found = {
        item[reference.id_field] for document in documents for item in document[reference.array]
    }
    return found.intersection(ids)


def count_uses(exercise_id: ObjectId) -> dict[str, int]:
    """How many documents of each kind use the exercise, but at most MANY, by the kind's name."""
    counts, ids = {}, {"$in": catalogue.current().used_ids(exercise_id)}
    for entry, reference in registry.references_to(EXERCISES):
        uses = entry.documents.collection.find({reference.path: ids}, {"_id": 1})
        counts[str(entry.documents.model._meta.verbose_name)] = len(uses.limit(MANY).to_list())
    return counts


def rename(names: Names, most: int | None = None) -> None:
    """Copies the exercises' names into the entries that follow them.

    Changes at most that many documents, each in a write of its own.
    """
    copying = [each for each in registry.references_to(EXERCISES) if "name" in each[1].copied]
    _amend(_uses(names, copying, most), partial(_with_names, names), most)


def replace(merged: Iterable[ObjectId], most: int | None = None) -> int:
    """Makes entries that refer to exercises that were merged away refer to those that were kept.

    Changes at most that many documents, each in a write of its own, and returns how many it has
    changed.
    """
    return _amend(_uses(merged, registry.references_to(EXERCISES), most), _with_kept, most)


def _amend(
    uses: Iterable[Use], amended: Callable[[registry.Reference, Stored], Document], most: int | None
) -> int:
    """Changes the documents for which there is anything to change."""
    count = 0
    outdated = (use for use in uses if amended(use.reference, use.document))
    for use in islice(outdated, most):
        use.owned.amend(use.document, partial(amended, use.reference))
        count += 1
    return count


def _uses(
    ids: Iterable[ObjectId],
    references: Sequence[tuple[registry.Entry, registry.Reference]],
    most: int | None,
) -> Iterator[Use]:
    """The documents that refer to the exercises in one of these ways, at most so many of each."""
    for exercise_id in ids:
        for entry, reference in references:
            found = entry.documents.collection.find({reference.path: exercise_id})
            for document in found.limit(most or 0):
                if entry.owner is not None:
                    owner = {entry.owner: document[entry.owner]}
                    owned: OwnedDocuments = OwnedDocuments(entry.documents.model, owner)
                    yield Use(document, owned, reference)


def _with_kept(reference: registry.Reference, document: Stored) -> Document:
    """The array of entries with the exercises that were kept, or nothing if it has them."""
    old = document[reference.array]
    new = [_kept(reference, item) for item in old]
    return {reference.array: new} if new != old else {}


def _kept(reference: registry.Reference, item: Document) -> Document:
    exercise_id = item[reference.id_field]
    kept_id = catalogue.kept(exercise_id)
    if kept_id == exercise_id:
        return item
    kept: Stored = catalogue.find(kept_id) or {}
    copied = {name: kept[name] for name in reference.copied if name in kept}
    return {**item, reference.id_field: kept_id, **copied}


def _with_names(names: Names, reference: registry.Reference, document: Stored) -> Document:
    """The array of entries with the names, or nothing if it has them."""
    old = document[reference.array]
    new = [{**item, "name": names.get(item[reference.id_field], item.get("name"))} for item in old]
    return {reference.array: new} if new != old else {}
