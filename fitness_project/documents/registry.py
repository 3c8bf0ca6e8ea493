"""The collections that the service looks after, for what must reach all of them.

Each app declares its own in `AppConfig.ready`. The change feed, the export and deletion of an
account, and a rename of a document that others refer to then reach it without an import upward.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from .changes import Feed
from .collection import Documents


@dataclass(frozen=True)
class Reference:
    """An array in the documents whose items each name a document of the collection `to`.

    An item has that document's id as `id_field`. `copied` are fields that an item copies from
    the document and that follow its changes.
    """

    to: str
    array: str
    id_field: str
    copied: tuple[str, ...] = ()

    @property
    def path(self) -> str:
        return f"{self.array}.{self.id_field}"


@dataclass(frozen=True)
class Entry:
    """A collection.

    `name` is what the feed and the export call it, `response` turns a stored document into what
    clients see of it, and `owner` is the field with the id of the user to whom it belongs (None: to
    nobody). `feed` reads its changes; without it, the change feed leaves the collection out.
    """

    name: str
    documents: Documents
    response: Callable[[dict[str, Any]], dict[str, Any]]
    owner: str | None = "userId"
    refers_to: tuple[Reference, ...] = ()
    feed: Feed | None = None
    is_exported: bool = True


entries: list[Entry] = []


def owned() -> list[Entry]:
    return [entry for entry in entries if entry.owner is not None]


def exported() -> list[Entry]:
    return [entry for entry in owned() if entry.is_exported]


def references_to(collection: str) -> Iterator[tuple[Entry, Reference]]:
    """The collections that refer to this one, each with how it does."""
    for entry in entries:
        for reference in entry.refers_to:
            if reference.to == collection:
                yield entry, reference
