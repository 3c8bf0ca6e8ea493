"""A find, as far as a sorted page needs one."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from pymongo.client_session import ClientSession
from pymongo.collection import Collection
from pymongo.cursor import Cursor

# A page comes in one batch, unless it is so long that it would fill the server's memory.
LARGEST_BATCH = 1_000


@dataclass(frozen=True)
class Question:
    """A find with these parts and no others."""

    collection: Collection[Any]
    filter: Mapping[str, Any]
    projection: Mapping[str, Any] | None
    sort: tuple[tuple[str, int], ...]
    limit: int
    session: ClientSession | None

    def ask(self, **changes: Any) -> list[Any]:
        """The server's answer to it, changed like this, by one plain find."""
        asked = replace(self, **changes)
        return Cursor(
            asked.collection,
            asked.filter,
            asked.projection,
            sort=asked.sort or None,
            limit=asked.limit,
            batch_size=min(asked.limit, LARGEST_BATCH),
            session=asked.session,
        ).to_list()
