"""The parts of a find that matter for a sorted page."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pymongo.client_session import ClientSession
from pymongo.collection import Collection

Sort = tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Find:
    """A find with these parts and no other options.

    `rest` are the conditions that aren't in `query`, since no index holds their fields.
    """

    collection: Collection[Any]
    query: Mapping[str, Any]
    projection: Mapping[str, Any] | None
    sort: Sort
    limit: int
    session: ClientSession | None
    rest: Mapping[str, Any] = field(default_factory=dict)

    def run(self, query: Mapping[str, Any], limit: int, *, only: str | None = None) -> list[Any]:
        """Returns the documents that match `query`, or of any `limit` of them the field `only`.

        It is sent as a command, because setting up another cursor takes as long as the rest.
        """
        stages: dict[str, Any] = {"sort": {} if only else dict(self.sort), "limit": limit}
        stages["project" if self.rest else "projection"] = {only: 1} if only else self.projection
        given = {name: value for name, value in stages.items() if value}
        reply = self.collection.database.command(
            self._in_two_steps(query, given) if self.rest else self._in_one(query, given),
            codec_options=self.collection.codec_options,
            session=self.session,
        )
        return list(reply["cursor"]["firstBatch"])

    def _in_one(self, query: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
        find = {"find": self.collection.name, "filter": query, **given}
        return {**find, "batchSize": given["limit"], "singleBatch": True}

    def _in_two_steps(self, query: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
        """In one step with `rest`, the server would read the whole collection."""
        stages = [{f"${name}": value} for name, value in given.items()]
        return {
            "aggregate": self.collection.name,
            "pipeline": [{"$match": query}, {"$match": self.rest}, *stages],
            "cursor": {"batchSize": given["limit"]},
        }
