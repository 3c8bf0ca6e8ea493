"""The parts of a find that matter for a sorted page."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pymongo.client_session import ClientSession
from pymongo.collection import Collection

Sort = tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Find:
    """A find with these parts and no other options."""

    collection: Collection[Any]
    query: Mapping[str, Any]
    projection: Mapping[str, Any] | None
    sort: Sort
    limit: int
    session: ClientSession | None

    def run(self, query: Mapping[str, Any], limit: int, *, only: str | None = None) -> list[Any]:
        """Returns the documents that match `query`, or of any `limit` of them the field `only`.

        It is sent as a command, because setting up another cursor takes as long as the rest.
        """
        projection = self.projection if only is None else {only: 1}
        command: dict[str, Any] = {"find": self.collection.name, "filter": query}
        if only is None:
            command["sort"] = dict(self.sort)
        if projection:
            command["projection"] = projection
        reply = self.collection.database.command(
            {**command, "limit": limit, "batchSize": limit, "singleBatch": True},
            codec_options=self.collection.codec_options,
            session=self.session,
        )
        return list(reply["cursor"]["firstBatch"])
