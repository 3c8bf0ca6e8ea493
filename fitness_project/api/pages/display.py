"""How a page shows what a response holds."""

from typing import TYPE_CHECKING, Any

from rest_framework.response import Response

from ..http.json import dump_json

if TYPE_CHECKING:  # DRF's views import this module, because the settings name it.
    from ..strict import StrictView


def display(data: Any, view: "StrictView", response: Response) -> dict[str, Any]:
    """What the templates shown.html, filters.html, paging.html and headers.html need."""
    return {"title": view.get_view_name(), "json": dump_json(data, indent=True).decode()}
