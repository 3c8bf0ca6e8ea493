"""Some documents of many with the same value, for which the embedded server reads all their keys.

For `find_one({exerciseId: …})`, MongoDB reads one key of an index on `{exerciseId, userId}` and
stops. The embedded server first collects all keys with that `exerciseId`: 130,000 take 0.7 s.
With a condition on `userId` too, it collects only those. So the find is tried with ids of that
second field: those that other queries of this process have named, and some of the documents to
which the field refers. If too few documents match, the find is sent as it was written: that is fast
for a value that few documents have, and one that many have is found with some of the ids.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import islice
from time import monotonic
from typing import Any

from bson import ObjectId
from django.apps import apps
from pymongo.collection import Collection

from .sorted_pages import Find

CHUNKS = (1, 8, 55, 64)
MOST_IDS = 64
"""Of each kind and field, in each process: a few kilobytes."""
# A find that takes longer has collected so many keys that it is worth a search the next time.
SLOW_SECONDS = 0.005

Place = tuple[str, str]
"""A collection's full name and a field."""

_ids: dict[Place, dict[ObjectId, None]] = {}
_referred_to: dict[Place, list[ObjectId]] = {}
_second_fields: dict[Place, str | None] = {}


def note_ids(collection: Collection[Any], query: Mapping[str, Any]) -> None:
    """Remembers the ids that the query names, since documents probably have them."""
    for field, value in query.items():
        if isinstance(value, ObjectId):
            known = _ids.setdefault((collection.full_name, field), {})
            if len(known) >= MOST_IDS and value not in known:
                known.clear()
            known[value] = None


def read_some(find: Find) -> list[Any] | None:
    """Returns as many documents as the find asks for, or all if there are fewer.

    Returns None if the find isn't one for which this helps.
    """
    query = _equality(find.query)
    field = _second_field(find, *query) if query else None
    if field is None:
        return None
    found: list[Any] = []
    for ids in _chunks(find, field):
        found += find.run({**query, field: {"$in": ids}}, find.limit - len(found))
        if len(found) >= find.limit:
            return found
    return _read_and_note(find, field)


def _read_and_note(find: Find, field: str) -> list[Any]:
    """Reads the field too, whatever the projection, if the document can be changed afterwards."""
    projection = find.projection or {}
    is_left_out = (
        bool(projection)
        and all(projection.values())
        and field not in projection
        and find.collection.codec_options.document_class is dict
    )
    read = replace(find, projection={**projection, field: 1}) if is_left_out else find
    started = monotonic()
    found = read.run(find.query, find.limit)
    for document in found if monotonic() > started + SLOW_SECONDS else []:
        note_ids(find.collection, {field: document.get(field)})
    for document in found if is_left_out else []:
        document.pop(field, None)
    return found


def _chunks(find: Find, field: str) -> Iterator[list[ObjectId]]:
    """The newest id, for which there are the fewest keys, then more at a time."""
    noted = [*_ids.get((find.collection.full_name, field), {})]
    others = _ids_referred_to(find.collection, field)
    ids = iter(dict.fromkeys([*reversed(noted), *reversed(others)]))
    for size in CHUNKS:
        if chunk := [*islice(ids, size)]:
            yield chunk


def _ids_referred_to(collection: Collection[Any], field: str) -> list[ObjectId]:
    """The oldest documents to which the field refers, as they were when this was first asked.

    It is asked once in each process, since the server looks at all documents for it.
    """
    place = collection.full_name, field
    if place not in _referred_to:
        table = _table_referred_to(collection.name, field)
        first = collection.database[table].find({}, {"_id": 1}).limit(MOST_IDS) if table else ()
        _referred_to[place] = [document["_id"] for document in first]
    return _referred_to[place]


def _table_referred_to(table: str, column: str) -> str | None:
    for model in apps.get_models():
        if model._meta.db_table == table:
            for field in model._meta.concrete_fields:
                if field.column == column and field.related_model is not None:
                    related: Any = field.related_model
                    return str(related._meta.db_table)
    return None


def _equality(query: Mapping[str, Any]) -> Mapping[str, Any]:
    """The query, if it is for one value of one field. Beside `$in`, the server uses no second
    field of an index."""
    match [*query.items()]:
        case [(field, {"$in": [value], **others})] if not others and field[0] != "$":
            return {field: value}
        case [(field, value)] if field[0] != "$" and not isinstance(value, Mapping):
            return query
    return {}


def _second_field(find: Find, field: str) -> str | None:
    """The field after this one in an index."""
    if field == "_id":
        return None
    place = find.collection.full_name, field
    if place not in _second_fields:
        keys = [index["key"] for index in find.collection.index_information().values()]
        after = [key[1][0] for key in keys if key[0][0] == field and len(key) > 1]
        _second_fields[place] = after[0] if after else None
    return _second_fields[place]


def forget() -> None:
    """For tests."""
    _ids.clear()
    _referred_to.clear()
    _second_fields.clear()
