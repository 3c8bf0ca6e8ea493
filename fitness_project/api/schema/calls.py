"""What a call takes and gives, as its view says."""

from dataclasses import dataclass
from typing import Any

from rest_framework.serializers import Serializer

from ..query import QuerySerializer
from ..strict import WITH_A_BODY, StrictView


@dataclass(frozen=True)
class Call:
    """One method of a view.

    These attributes of a view say what its methods and its permissions don't reveal:

    - `problem_codes`: further codes of error responses, by method: `{"DELETE": ["in_use"]}`.
    - `has_etags`: whether the view reads and writes single documents conditionally.
    - `has_list_etags`: whether its lists have an ETag, too.
    - `takes_keys`: whether its POST accepts an `Idempotency-Key`.
    - `delete_body`: the serializer for the body of its DELETE.
    - `is_download`: whether the response is a file with a name.
    """

    view: Any
    method: str
    path: str
    is_list: bool
    """Whether its response is a list of documents."""
    serializer: Serializer | None
    """Reads the body, if there is one."""

    @property
    def names_document(self) -> bool:
        return "{id}" in self.path

    @property
    def is_paged(self) -> bool:
        return self.is_list and getattr(self.view, "pagination_class", None) is not None

    @property
    def has_body(self) -> bool:
        return self.method in WITH_A_BODY or self.takes_delete_body

    @property
    def takes_delete_body(self) -> bool:
        return self.method == "DELETE" and hasattr(self.view, "delete_body")

    @property
    def takes_key(self) -> bool:
        return self.method == "POST" and getattr(self.view, "takes_keys", False)

    @property
    def is_conditional(self) -> bool:
        """Whether it looks at `If-None-Match` or, if it writes, at `If-Match`."""
        if self.method == "POST":
            return False
        return bool(getattr(self.view, "has_list_etags" if self.is_list else "has_etags", False))

    @property
    def needs_sign_in(self) -> bool:
        return bool(self.view.get_authenticators())

    @property
    def problem_codes(self) -> list[str]:
        return [*getattr(self.view, "problem_codes", {}).get(self.method, ())]

    @property
    def is_strict(self) -> bool:
        return isinstance(self.view, StrictView)

    @property
    def query(self) -> type[QuerySerializer] | None:
        """The query parameters, apart from those of pages."""
        if self.method != "GET" or not self.is_strict:
            return None
        query: type[QuerySerializer] = self.view.query
        return None if query.names().isdisjoint(self.view.query_names()) else query
