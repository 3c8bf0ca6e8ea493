"""Keyset pagination: inserting or deleting a row moves no other row to another page."""

from base64 import b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

import bson
from django.http import HttpResponse
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.utils.urls import remove_query_param, replace_query_param

from fitness_project.documents.order import Boundary, Order

from .fields import PageSizeField, TextField
from .http.renderers import respond
from .query import QuerySerializer

if TYPE_CHECKING:  # DRF's views import this module, because the settings name it.
    from rest_framework.views import APIView

MAX_CURSOR = 4000


class Rows(Protocol):
    """What KeysetPagination pages."""

    def fetch(
        self, order: Order, boundary: Boundary | None, limit: int
    ) -> Sequence[Mapping[str, Any]]: ...


class Ordered(Protocol):
    """A view that KeysetPagination pages for."""

    def get_order(self) -> Order: ...


def write_cursor(boundary: Boundary, order: Order) -> str:
    content = bson.encode(
        {
            "k": list(boundary.key),
            "b": boundary.backwards,
            "i": boundary.inclusive,
            "o": _name_of(order),
        }
    )
    return urlsafe_b64encode(content).rstrip(b"=").decode()


def read_cursor(text: str, order: Order) -> Boundary:
    """Raises InvalidQuery for anything that `write_cursor` didn't create for this order."""
    try:
        padded = text + "=" * (-len(text) % 4)
        content = bson.decode(b64decode(padded, altchars="-_", validate=True))
    except (ValueError, OverflowError, bson.errors.BSONError):
        content = {}
    match content:
        case {"k": list(key), "b": bool(backwards), "i": bool(inclusive), "o": name} if (
            name == _name_of(order) and tuple(map(type, key)) == order.types
        ):
            return Boundary(tuple(key), backwards, inclusive)
    message = "This isn't a cursor of this list. Take the cursor from `next` or `previous`."
    raise PageQuery.invalid("cursor", message)


def _name_of(order: Order) -> str:
    return f"{'-' if order.descending else ''}{','.join(order.fields)}"


class PageQuery(QuerySerializer):
    pageSize = PageSizeField(  # noqa: N815 - the parameter's name
        required=False, help_text="How many results a page has."
    )
    cursor = TextField(
        max_length=MAX_CURSOR,
        required=False,
        help_text="Where the page begins: part of the URLs in `next` and `previous`.",
    )


class KeysetPagination(BasePagination):
    """Responds with `{"next": url|null, "previous": url|null, "results": [...]}`."""

    default_size = 20

    def paginate_queryset(  # type: ignore[override]  # Stored documents aren't a QuerySet.
        self, queryset: Rows, request: Request, view: Ordered
    ) -> list[Mapping[str, Any]]:
        query = PageQuery.read(request)
        self.request = request
        self.order = view.get_order()
        self.boundary = read_cursor(query["cursor"], self.order) if "cursor" in query else None
        self.backwards = self.boundary is not None and self.boundary.backwards
        size = query.get("pageSize", self.default_size)
        rows = queryset.fetch(self.order, self.boundary, size + 1)
        self.has_more = len(rows) > size
        self.rows = list(rows[:size])
        if self.backwards:
            self.rows.reverse()
        return self.rows

    def get_paginated_response(  # type: ignore[override]  # JSON is rendered at once.
        self, data: Sequence[Any]
    ) -> HttpResponse:
        page = {"next": self._next(), "previous": self._previous(), "results": data}
        return respond(self.request, page)

    def _next(self) -> str | None:
        if self.backwards:
            # If nothing is left before the boundary, the next page is the first.
            return self._link(Boundary(self.order.key(self.rows[-1]))) if self.rows else self._url()
        return self._link(Boundary(self.order.key(self.rows[-1]))) if self.has_more else None

    def _previous(self) -> str | None:
        if self.boundary is None or (self.backwards and not self.has_more):
            return None
        if self.rows:
            return self._link(Boundary(self.order.key(self.rows[0]), backwards=True))
        # This page is empty. The page before it ends with the boundary's own row.
        return self._link(Boundary(self.boundary.key, backwards=True, inclusive=True))

    def _link(self, boundary: Boundary) -> str:
        return replace_query_param(self._url(), "cursor", write_cursor(boundary, self.order))

    def _url(self) -> str:
        return remove_query_param(self.request.build_absolute_uri(), "cursor")

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {"next": link, "previous": link, "results": schema},
        }

    def get_schema_operation_parameters(self, view: "APIView") -> list[dict[str, Any]]:
        return [
            {
                "name": "pageSize",
                "in": "query",
                "description": PageQuery().fields["pageSize"].help_text,
                "schema": {"type": "integer", "minimum": 1, "maximum": 100, "default": 20},
            },
            {
                "name": "cursor",
                "in": "query",
                "description": PageQuery().fields["cursor"].help_text,
                "schema": {
                    "type": "string",
                    "maxLength": MAX_CURSOR,
                    "pattern": "^[A-Za-z0-9_-]+$",
                },
            },
        ]
