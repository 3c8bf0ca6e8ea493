"""Collections whose commands reach the embedded server in a form that it handles well."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from functools import wraps
from typing import Any

from pymongo import DeleteMany, UpdateMany
from pymongo.collection import Collection
from pymongo.command_cursor import CommandCursor
from pymongo.results import BulkWriteResult

from .cursor import EmbeddedCursor
from .workarounds.bounds import exclusive, exclusive_matches
from .workarounds.find_and_modify import found_by_id
from .workarounds.many import never_alone
from .workarounds.pipelines import Stage
from .workarounds.projections import flattened

Document = dict[str, Any]


def _asking(method: Callable[..., Any]) -> Callable[..., Any]:
    """The same method, which passes a query on as the server understands it."""

    @wraps(method)
    def run(collection: Collection[Document], *args: Any, **options: Any) -> Any:
        if args:
            args = (exclusive(args[0]), *args[1:])
        elif "filter" in options:
            options["filter"] = exclusive(options["filter"])
        return method(collection, *args, **options)

    return run


class EmbeddedCollection(Collection[Document]):
    """Every collection that an `EmbeddedDatabase` gives, and that is made from another."""

    @classmethod
    def like(cls, other: Collection[Any]) -> "EmbeddedCollection":
        options = (
            other.codec_options,
            other.read_preference,
            other.write_concern,
            other.read_concern,
        )
        return cls(other.database, other.name, False, *options)

    def __getitem__(self, name: str) -> "EmbeddedCollection":
        return self.like(super().__getitem__(name))

    def with_options(self, *args: Any, **options: Any) -> "EmbeddedCollection":
        return self.like(super().with_options(*args, **options))

    def aggregate(
        self, pipeline: Sequence[Stage], *args: Any, **options: Any
    ) -> CommandCursor[Document]:
        return super().aggregate(_mended(pipeline), *args, **options)

    def aggregate_raw_batches(
        self, pipeline: Sequence[Stage], *args: Any, **options: Any
    ) -> CommandCursor[Document]:
        return super().aggregate_raw_batches(_mended(pipeline), *args, **options)

    def distinct(
        self, key: str, filter: Mapping[str, Any] | None = None, *args: Any, **options: Any
    ) -> list[Any]:
        return super().distinct(key, exclusive(filter), *args, **options)

    def bulk_write(self, requests: Iterable[Any], *args: Any, **options: Any) -> BulkWriteResult:
        requests = [_mended_request(request) for request in requests]
        changes_many = any(isinstance(request, UpdateMany | DeleteMany) for request in requests)
        write = never_alone(Collection.bulk_write) if changes_many else Collection.bulk_write
        return write(self, requests, *args, **options)

    def find(
        self, filter: Mapping[str, Any] | None = None, *args: Any, **options: Any
    ) -> EmbeddedCursor:
        return EmbeddedCursor(self, exclusive(filter), *args, **options)

    find_raw_batches = _asking(Collection.find_raw_batches)
    count_documents = _asking(Collection.count_documents)
    replace_one = _asking(Collection.replace_one)
    update_one = _asking(Collection.update_one)
    delete_one = _asking(Collection.delete_one)
    find_one_and_delete = _asking(
        found_by_id(Collection.find_one_and_delete, Collection.delete_one)
    )
    find_one_and_replace = _asking(
        found_by_id(Collection.find_one_and_replace, Collection.replace_one)
    )
    find_one_and_update = _asking(
        found_by_id(Collection.find_one_and_update, Collection.update_one)
    )
    update_many = never_alone(_asking(Collection.update_many))
    delete_many = never_alone(_asking(Collection.delete_many))


def _mended(pipeline: Sequence[Stage]) -> list[Stage]:
    return exclusive_matches(flattened(pipeline))


def _mended_request(request: Any) -> Any:
    """PyMongo lets nobody read the filter of a bulk's request: this is a private name."""
    if hasattr(request, "_filter"):
        request = copy(request)
        request._filter = exclusive(request._filter)
    return request
