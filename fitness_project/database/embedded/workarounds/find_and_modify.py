"""`findAndModify`, which the embedded server does slowly and may leave unanswered.

- Where it finds a document it reads the whole collection, even by `_id` alone: 60 ms at 50,000
  documents. Where a query names an `_id`, reading and writing by `_id` in one transaction does the
  same in 4 ms. Up to some 1,000 documents it takes a millisecond longer.
- An upsert that is to answer the document afterwards answers None where somebody deletes the
  document meanwhile. It is asked again.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any

from bson import Regex
from pymongo import ReturnDocument
from pymongo.client_session import ClientSession
from pymongo.collection import Collection

from fitness_project.database.transactions import in_transaction

Method = Callable[..., Any]
CHANGES = {"update", "replacement"}
# What the transaction can do too. With other options the command is sent as it is.
OPTIONS = {"projection", "return_document", "upsert", "session"}
# Nobody deletes a document so often between two steps of the server.
ATTEMPTS = 100


def found_by_id(method: Method, write: Method) -> Method:
    """A collection's `find_one_and_...`, which writes by `_id` where the query names one."""

    @wraps(method)
    def run(collection: Collection[Any], filter: Any, *change: Any, **options: Any) -> Any:
        change += tuple(options.pop(name) for name in CHANGES & options.keys())
        is_simple = options.keys() <= OPTIONS and not options.get("upsert")
        if is_simple and _names_id(filter) and not _is_positional(change):
            options.pop("upsert", None)
            session = options.pop("session", None)
            return _together(FindAndWrite(collection, filter, write, change, **options), session)
        return _answered(lambda: method(collection, filter, *change, **options), options)

    return run


@dataclass(frozen=True)
class FindAndWrite:
    collection: Collection[Any]
    query: Mapping[str, Any]
    write: Method
    change: tuple[Any, ...]
    """What the write takes besides a query: an update, a replacement or nothing."""
    projection: Any = None
    return_document: bool = ReturnDocument.BEFORE

    def run(self, session: ClientSession) -> Any:
        if not self._is_there(session):
            return None
        before = None if self.return_document else self._document(session)
        self.write(self.collection, self._id, *self.change, session=session)
        return self._document(session) if self.return_document else before

    @property
    def _id(self) -> dict[str, Any]:
        return {"_id": self.query["_id"]}

    def _is_there(self, session: ClientSession) -> bool:
        """In two stages: asked for both at once, the server reads the whole collection."""
        others = {name: value for name, value in self.query.items() if name != "_id"}
        if not others:
            return True
        stages = [{"$match": self._id}, {"$match": others}, {"$project": {"_id": 1}}]
        return bool(self.collection.aggregate(stages, session=session).to_list())

    def _document(self, session: ClientSession) -> Any:
        return self.collection.find_one(self._id, self.projection, session=session)


def _together(work: FindAndWrite, session: ClientSession | None) -> Any:
    """In the transaction under way, or in one of its own."""
    if session is not None and session.in_transaction:
        return work.run(session)
    return in_transaction(work.collection.database.client, work.run)


def _answered(ask: Callable[[], Any], options: Mapping[str, Any]) -> Any:
    answer = ask()
    if options.get("upsert") and options.get("return_document") == ReturnDocument.AFTER:
        for _ in range(ATTEMPTS):
            if answer is not None:
                break
            answer = ask()
    return answer


def _names_id(query: Any) -> bool:
    return isinstance(query, Mapping) and not isinstance(query.get("_id", {}), Mapping | Regex)


def _is_positional(change: tuple[Any, ...]) -> bool:
    """Whether the write needs the query to know an array's entry, or isn't of one argument."""
    if len(change) > 1:
        return True
    paths = (
        path
        for update in change
        if isinstance(update, Mapping)
        for fields in update.values()
        if isinstance(fields, Mapping)
        for path in fields
    )
    return any("$" in path.split(".") for path in paths)
