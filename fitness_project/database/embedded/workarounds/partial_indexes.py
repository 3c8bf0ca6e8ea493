"""Partial indexes, in which the embedded server never looks for documents.

It enforces a unique partial index, but for a query that MongoDB answers from it, the server reads
the whole collection: 48 ms with 60,000 documents. So a plain index on the same keys is created
beside each partial one, and the server looks there. An index that only expires documents needs
none.
"""

from collections.abc import Iterable
from typing import Any

from pymongo import IndexModel

SUFFIX = "__lookup"
PARTIAL_ONLY = {"key", "name", "unique", "partialFilterExpression"}


def with_lookups(indexes: Iterable[IndexModel]) -> list[IndexModel]:
    """Adds to each partial index the plain one in which documents are found."""
    return [model for index in indexes for model in (index, *_lookup(index.document))]


def lookup_name(name: str) -> str:
    """The name of the plain index beside the partial index `name`."""
    return name + SUFFIX


def is_lookup(name: str) -> bool:
    return name.endswith(SUFFIX)


def _lookup(index: dict[str, Any]) -> list[IndexModel]:
    if "partialFilterExpression" not in index or "expireAfterSeconds" in index:
        return []
    options = {name: value for name, value in index.items() if name not in PARTIAL_ONLY}
    return [IndexModel(index["key"].items(), name=lookup_name(index["name"]), **options)]
