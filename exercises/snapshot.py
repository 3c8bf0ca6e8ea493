"""The catalogue at one of its versions."""

from collections.abc import Callable, Hashable, Iterable
from functools import cached_property

from bson import ObjectId

from fitness_project.documents.order import Order
from fitness_project.documents.ready import ReadyResponses

from .models import ExerciseDocument, ExerciseTombstone
from .names import name_key, order_key
from .search import SearchIndex

# Every distinct query has its own ready response, which can be half a megabyte.
MAX_RESPONSE_BYTES = 8 * 2**20
OVERHEAD_BYTES = 1024

Response = tuple[bytes, str]
"""A body and its ETag."""


class Snapshot:
    """The exercises at one version of the catalogue, and responses that are ready to send."""

    def __init__(
        self, version: int, documents: Iterable[ExerciseDocument | ExerciseTombstone]
    ) -> None:
        documents = [d for d in documents if isinstance(d["_id"], ObjectId)]
        self.version = version
        self.by_id = {d["_id"]: _sortable(d) for d in documents if "name" in d}
        self.deletions = [d for d in documents if "name" not in d]
        self.ids = {str(document_id): document_id for document_id in self.by_id}
        self._sorted: dict[tuple[str, ...], list[ExerciseDocument]] = {}
        self._responses: ReadyResponses[Response] = ReadyResponses(MAX_RESPONSE_BYTES)

    def ready_response(self, key: Hashable, make: Callable[[], Response]) -> Response:
        """The response for this key, created by `make()` the first time."""
        return self._responses.get(key, make, lambda made: len(made[0]) + OVERHEAD_BYTES)

    def sorted_by(self, order: Order) -> list[ExerciseDocument]:
        """All exercises, ascending regardless of the order's direction."""
        if order.fields not in self._sorted:
            self._sorted[order.fields] = sorted(self.by_id.values(), key=order.key)
        return self._sorted[order.fields]

    def search(self, text: str) -> list[ExerciseDocument]:
        """The exercises that match, archived or not, the best match first (see RANK)."""
        return self._search_index.search(text)

    @cached_property
    def _search_index(self) -> SearchIndex:
        return SearchIndex().updated([], self.by_id.values())


def _sortable(document: ExerciseDocument) -> ExerciseDocument:
    """Adds what lists are sorted by. A document that another program wrote may lack it."""
    document.setdefault("nameKey", name_key(document["name"]))
    document["orderKey"] = order_key(document["name"])
    document.setdefault("createdAt", document["_id"].generation_time.replace(tzinfo=None))
    document.setdefault("changedIn", 0)
    return document
