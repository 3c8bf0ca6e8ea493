"""Index builds, which never end on the embedded server if there are many documents.

The server builds an index in one transaction. If that grows too large, the server retries it for
ever, even after a restart: with 30,000 sessions of six entries for an index on the entries, with
300,000 small documents for one on two plain fields. Renaming a collection is one transaction too.
But insertions into a collection that already has the index are no trouble. So the documents are
saved in a file, removed, and inserted again into a collection that has all its indexes.

This may be interrupted at any moment, and the next call continues it. Documents that a service has
written in between are kept. A service that runs at the same time would miss documents.
"""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from pymongo import IndexModel
from pymongo.collection import Collection

from fitness_project.database.embedded.workarounds.partial_indexes import is_lookup, with_lookups

from .batches import empty, fill
from .duplicates import refuse_duplicates
from .saved import Saved

# A session of a hundred exercises is entered in an index a hundred times, and 180,000 are too many.
MOST_DOCUMENTS = 1_000
NO_OPTIONS = ("key", "v", "ns")


def build_in_small_steps(
    collection: Collection[Any], indexes: Sequence[IndexModel], folder: Path
) -> bool:
    """Creates the indexes, if the server can't. Returns whether it did.

    Saves the documents in `folder` meanwhile.
    """
    saved = Saved(folder / collection.full_name)
    if saved.is_unfinished:
        _rebuild(collection, saved)
    if _names(collection) >= {index.document["name"] for index in indexes}:
        return False
    if collection.estimated_document_count() <= MOST_DOCUMENTS:
        return False
    refuse_duplicates(collection, indexes)
    saved.begin(_without_repetition(with_lookups([*_existing(collection), *indexes])))
    _rebuild(collection, saved)
    return True


def _rebuild(collection: Collection[Any], saved: Saved) -> None:
    indexes = saved.indexes
    if not _names(collection) >= {index.document["name"] for index in indexes}:
        saved.add(collection)
        empty(collection)
        collection.drop()
        Collection.create_indexes(collection, indexes)
    for documents in saved.newest_first:
        fill(collection, documents)
    saved.remove()


def _names(collection: Collection[Any]) -> set[str]:
    return {index["name"] for index in collection.list_indexes()}


def _existing(collection: Collection[Any]) -> Iterator[IndexModel]:
    for index in collection.list_indexes():
        if index["name"] != "_id_" and not is_lookup(index["name"]):
            options = {name: value for name, value in index.items() if name not in NO_OPTIONS}
            yield IndexModel(index["key"].items(), **options)


def _without_repetition(indexes: Iterable[IndexModel]) -> list[IndexModel]:
    return [*{index.document["name"]: index for index in indexes}.values()]
