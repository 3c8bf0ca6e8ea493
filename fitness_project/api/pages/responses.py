"""What a response consists of, apart from the links to other pages."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from rest_framework import serializers
from rest_framework.response import Response

from .references import Shape, inner, kind_of
from .values import spoken_text

if TYPE_CHECKING:  # DRF's views import this module, because the settings name it.
    from ..strict import StrictView

PAGING = ("next", "previous", "hasMore")
# Nothing is there that could have a title.
NOTHING_THERE = (404, 410, 500, 503)


def content_of(view: "StrictView", data: Any) -> tuple[Any, Shape]:
    """The response without what leads to other pages, and the shape of the rest."""
    serializer_class = getattr(view, "serializer_class", None)
    shape = serializer_class() if serializer_class is not None else None
    if not isinstance(data, Mapping):
        return data, shape
    if "results" in data:
        return data["results"], inner(shape, "results") or _many(shape)
    is_page = "next" in data
    return {n: v for n, v in data.items() if not (is_page and n in PAGING)}, shape


def _many(shape: Shape) -> Shape:
    return None if shape is None else serializers.ListSerializer(child=shape)


def title_of(view: "StrictView", response: Response) -> str:
    """What the page shows: "Push Day – routine", "Routines" or "Not Found".

    A problem of a document has the title "Routine", because it doesn't say the document's name.
    """
    data = response.data
    if response.status_code in NOTHING_THERE:
        return str(data["title"])
    shape = getattr(view, "serializer_class", None)
    columns: Sequence[str] = getattr(shape, "columns", ())
    if kind_of(shape) and isinstance(data, Mapping) and data.get(columns[0]):
        return f"{spoken_text(data[columns[0]])} – {kind_of(shape)}"
    if (
        response.exception and list_of(view) and "title" not in vars(view)
    ):  # Actions have their own.
        return kind_of(shape).capitalize()
    return getattr(view, "title", "") or view.get_view_name()


def list_of(view: "StrictView") -> str | None:
    """The address of the list that the page's document is in."""
    kind = kind_of(getattr(view, "serializer_class", None))
    return reverse(f"{kind}-list") if kind and "id" in view.kwargs else None
