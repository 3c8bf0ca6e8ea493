"""Collections that send commands in a form that the embedded server handles well."""

from collections.abc import Callable, Iterable, Sequence
from copy import copy
from functools import wraps
from typing import Any

from pymongo import DeleteMany, IndexModel, UpdateMany
from pymongo.collection import Collection
from pymongo.command_cursor import CommandCursor
from pymongo.results import BulkWriteResult

from .cursor import EmbeddedCursor
from .files import Files
from .pipelines import Stage
from .workarounds.inclusive_bounds import make_bounds_exclusive, make_match_bounds_exclusive
from .workarounds.index_builds import build_in_small_steps
from .workarounds.multi_writes import in_own_transaction
from .workarounds.nested_projections import flatten_projections
from .workarounds.partial_indexes import is_lookup, lookup_name, with_lookups
from .workarounds.upserts import repeated_if_nothing_returns

Method = Callable[..., Any]


def _with_query(method: Method, position: int = 0) -> Method:
    """Wraps a method that takes a query as `filter`, or as its argument at `position`."""

    @wraps(method)
    def run(collection: Collection[Any], *args: Any, **options: Any) -> Any:
        if len(args) > position:
            query = make_bounds_exclusive(args[position])
            args = (*args[:position], query, *args[position + 1 :])
        elif "filter" in options:
            options["filter"] = make_bounds_exclusive(options["filter"])
        return method(collection, *args, **options)

    return run


class EmbeddedCollection(Collection[Any]):
    """The class of every collection that an `EmbeddedDatabase` returns."""

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
    ) -> CommandCursor[Any]:
        return super().aggregate(_rewritten_pipeline(pipeline), *args, **options)

    def aggregate_raw_batches(self, pipeline: Sequence[Stage], *args: Any, **options: Any) -> Any:
        return super().aggregate_raw_batches(_rewritten_pipeline(pipeline), *args, **options)

    @_with_query
    def find(self, *args: Any, **options: Any) -> EmbeddedCursor:
        return EmbeddedCursor(self, *args, **options)

    def bulk_write(self, requests: Iterable[Any], *args: Any, **options: Any) -> BulkWriteResult:
        requests = [_rewritten_request(request) for request in requests]
        has_multi_writes = any(isinstance(request, UpdateMany | DeleteMany) for request in requests)
        method = Collection.bulk_write
        write = in_own_transaction(method) if has_multi_writes else method
        return write(self, requests, *args, **options)

    def create_index(self, keys: Any, session: Any = None, comment: Any = None, **o: Any) -> str:
        return self.create_indexes([IndexModel(keys, **o)], session, comment)[0]

    def create_indexes(
        self,
        indexes: Sequence[IndexModel],
        session: Any = None,
        comment: Any = None,
        **options: Any,
    ) -> list[str]:
        wanted = with_lookups(indexes)
        client: Any = self.database.client
        if not build_in_small_steps(self, wanted, Files(client.var_dir).saved):
            super().create_indexes(wanted, session, comment, **options)
        return [index.document["name"] for index in indexes]

    def drop_index(self, index_or_name: Any, *args: Any, **options: Any) -> None:
        by_name = isinstance(index_or_name, str)
        name = index_or_name if by_name else IndexModel(index_or_name).document["name"]
        if lookup_name(name) in super().index_information():
            super().drop_index(lookup_name(name), *args, **options)
        super().drop_index(name, *args, **options)

    def index_information(self, *args: Any, **options: Any) -> dict[str, Any]:
        """The indexes that were asked for."""
        found = super().index_information(*args, **options)
        return {name: index for name, index in found.items() if not is_lookup(name)}

    find_raw_batches = _with_query(Collection.find_raw_batches)
    count_documents = _with_query(Collection.count_documents)
    distinct = _with_query(Collection.distinct, position=1)
    replace_one = _with_query(Collection.replace_one)
    update_one = _with_query(Collection.update_one)
    delete_one = _with_query(Collection.delete_one)
    update_many = in_own_transaction(_with_query(Collection.update_many))
    delete_many = in_own_transaction(_with_query(Collection.delete_many))
    find_one_and_delete = _with_query(Collection.find_one_and_delete)
    find_one_and_replace = _with_query(repeated_if_nothing_returns(Collection.find_one_and_replace))
    find_one_and_update = _with_query(repeated_if_nothing_returns(Collection.find_one_and_update))


def _rewritten_pipeline(pipeline: Sequence[Stage]) -> list[Stage]:
    return make_match_bounds_exclusive(flatten_projections(pipeline))


def _rewritten_request(request: Any) -> Any:
    """PyMongo doesn't publish the filter of a bulk write's request: this is a private name."""
    if hasattr(request, "_filter"):
        request = copy(request)
        request._filter = make_bounds_exclusive(request._filter)
    return request
