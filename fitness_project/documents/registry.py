"""The registered collections, for operations that concern all of them.

Each app registers its collection in `AppConfig.ready`. The change feed, the export and deletion of
an account, and the renaming of a document that others refer to thus reach every collection without
importing an app.
"""

from collections.abc import Callable
from dataclasses import dataclass

from .changes import Feed
from .collection import Document, Documents, Stored


@dataclass(frozen=True)
class Reference:
    """An array in which each item refers to a document of the collection `to`.

    `id_field` is the item's field with that document's id. `copied` are the fields that an item
    copies from the document and that follow its changes.
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
    """A registered collection.

    `name` is its name in the change feed and the export. `response` turns a stored document into
    its public form. `owner` is the field with the owner's id, or None if the documents belong to
    nobody; an account's export and deletion include the collections with an owner. `feed` reads
    the collection's changes; without one, the change feed omits it.
    """

    name: str
    documents: Documents
    response: Callable[[Stored], Document]
    owner: str | None = "userId"
    refers_to: tuple[Reference, ...] = ()
    feed: Feed | None = None


entries: list[Entry] = []


def owned() -> list[Entry]:
    """The collections of users' documents."""
    return [entry for entry in entries if entry.owner is not None]


def references_to(collection: str) -> list[tuple[Entry, Reference]]:
    """The collections that refer to this one, each with its reference."""
    pairs = [(entry, reference) for entry in entries for reference in entry.refers_to]
    return [(entry, reference) for entry, reference in pairs if reference.to == collection]
