"""`findAndModify`, which is slow on the embedded server and may return nothing after an upsert.

- The server reads the whole collection whenever the command finds a document, even by `_id` alone:
  60 ms with 50,000 documents. If the query names an `_id`, reading and writing by `_id` in one
  transaction has the same effect and takes 4 ms. Up to about 1,000 documents it takes a
  millisecond longer than the command.
- An upsert that should return the new document returns None if another client deletes the document
  at the same time. Such an upsert is repeated.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from inspect import signature
from typing import Any

from bson import Regex
from pymongo import ReturnDocument
from pymongo.client_session import ClientSession
from pymongo.collection import Collection

from fitness_project.database.transactions import in_transaction

Method = Callable[..., Any]
Arguments = Mapping[str, Any]

CHANGES = ("update", "replacement")
# Calls with other arguments are sent to the server as they are.
SUPPORTED = {"self", "filter", *CHANGES, "projection", "return_document", "upsert", "session"}
# Far more than the deletions that can fall between two steps of the server.
ATTEMPTS = 100


def by_id(find_one_and: Method, write: Method) -> Method:
    """Wraps a collection's `find_one_and_...` so that it uses `write` if the query has an `_id`."""
    parameters = signature(find_one_and)

    @wraps(find_one_and)
    def run(*args: Any, **options: Any) -> Any:
        given = parameters.bind(*args, **options).arguments
        if _is_by_id(given):
            return _find_and_write(given, write)
        return _repeated(lambda: find_one_and(*args, **options), given)

    return run


def _is_by_id(given: Arguments) -> bool:
    query = given["filter"]
    if not isinstance(query, Mapping) or isinstance(query.get("_id", {}), Mapping | Regex):
        return False
    return given.keys() <= SUPPORTED and not given.get("upsert") and not _is_positional(given)


def _is_positional(given: Arguments) -> bool:
    """Whether the update refers to the array entry that the query matched."""
    update = given.get("update")
    if not isinstance(update, Mapping):
        return False
    changes = (fields for fields in update.values() if isinstance(fields, Mapping))
    return any("$" in path.split(".") for fields in changes for path in fields)


def _find_and_write(given: Arguments, write: Method) -> Any:
    """Joins the session's transaction, or runs in a transaction of its own."""
    change = tuple(given[name] for name in CHANGES if name in given)
    returns_new = given.get("return_document", ReturnDocument.BEFORE)
    collection, session = given["self"], given.get("session")
    work = FindAndWrite(
        collection, given["filter"], write, change, given.get("projection"), returns_new
    )
    if session is not None and session.in_transaction:
        return work.run(session)
    return in_transaction(collection.database.client, work.run)


@dataclass(frozen=True)
class FindAndWrite:
    collection: Collection[Any]
    query: Mapping[str, Any]
    write: Method
    change: tuple[Any, ...]
    """What `write` takes after the query: an update, a replacement or nothing."""
    projection: Any
    returns_new: bool

    def run(self, session: ClientSession) -> Any:
        if not self._matches(session):
            return None
        before = None if self.returns_new else self._document(session)
        self.write(self.collection, self._id, *self.change, session=session)
        return self._document(session) if self.returns_new else before

    @property
    def _id(self) -> dict[str, Any]:
        return {"_id": self.query["_id"]}

    def _matches(self, session: ClientSession) -> bool:
        """Uses two stages: with both conditions in one, the server reads the whole collection."""
        others = {name: value for name, value in self.query.items() if name != "_id"}
        if not others:
            return True
        stages = [{"$match": self._id}, {"$match": others}, {"$project": {"_id": 1}}]
        return bool(self.collection.aggregate(stages, session=session).to_list())

    def _document(self, session: ClientSession) -> Any:
        return self.collection.find_one(self._id, self.projection, session=session)


def _repeated(call: Callable[[], Any], given: Arguments) -> Any:
    """Repeats an upsert until it returns the document that it should return."""
    must_return = given.get("upsert") and given.get("return_document") == ReturnDocument.AFTER
    document = call()
    for _ in range(ATTEMPTS if must_return else 0):
        if document is not None:
            break
        document = call()
    return document
