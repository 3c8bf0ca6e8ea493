"""Who gave fields of exercises their current values."""

from collections.abc import Collection, Iterable, Iterator
from itertools import islice
from typing import Any

from bson import ObjectId

from exercises.models import CatalogueChange

from . import reading
from .operations import Action

# How many exercises' changes are read at a time.
BATCH = 500

FieldOf = tuple[ObjectId, str]
"""The id of an exercise and the stored name of a field."""


def latest_changes(wanted: Collection[FieldOf]) -> dict[FieldOf, reading.ChangeRow]:
    """The last change of each of these fields that the log knows.

    That an exercise was deleted and came back doesn't count: its values are still the same ones.
    """
    latest: dict[FieldOf, Any] = {}
    for change in _changes({exercise_id for exercise_id, _ in wanted}):
        for field in change["fields"]:
            place = (change["exerciseId"], field)
            if place in wanted and _when(change) >= _when(latest.get(place, change)):
                latest[place] = change
    stored = {change["_id"]: change for change in latest.values()}
    rows = {row.id: row for row in reading.rows_of(stored.values())} if stored else {}
    return {place: rows[change["_id"]] for place, change in latest.items()}


def _when(change: Any) -> tuple[Any, ...]:
    return change["at"], change["_id"]


def _changes(exercise_ids: Iterable[ObjectId]) -> Iterator[Any]:
    stored, ids = CatalogueChange.objects.documents, iter(exercise_ids)
    while batch := list(islice(ids, BATCH)):
        query = {"exerciseId": {"$in": batch}}
        for change in stored.collection.find(query, session=stored.session):
            if change["action"] in (Action.ADD, Action.CHANGE):
                yield change
