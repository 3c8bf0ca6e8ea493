"""The parts of a find that matter for a sorted page."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from pymongo.client_session import ClientSession
from pymongo.collection import Collection
from pymongo.cursor import Cursor

# A page comes in one batch, unless it is so long that it would fill the server's memory.
LARGEST_BATCH = 1_000


@dataclass(frozen=True)
class Find:
    """A find with these parts and no other options."""

    collection: Collection[Any]
    query: Mapping[str, Any]
    projection: Mapping[str, Any] | None
    sort: tuple[tuple[str, int], ...]
    limit: int
    session: ClientSession | None

    def run(self, **changes: Any) -> list[Any]:
        """Returns the documents that the server finds, with `changes` to parts of this find."""
        find = replace(self, **changes)
        return Cursor(
            find.collection,
            find.query,
            find.projection,
            sort=find.sort or None,
            limit=find.limit,
            batch_size=min(find.limit, LARGEST_BATCH),
            session=find.session,
        ).to_list()
