"""How a page shows what a response holds."""

from typing import TYPE_CHECKING, Any

from rest_framework.response import Response

from .exchange import curl, headers_of, status_line
from .filters import READING, Filters, filters_of, may_be_filtered
from .linked_json import linked_json
from .paging import pages_of
from .references import References
from .responses import content_of, list_of, title_of
from .sections import Display

if TYPE_CHECKING:  # DRF's views import this module, because the settings name it.
    from ..strict import StrictView


def display(data: Any, view: "StrictView", response: Response) -> dict[str, Any]:
    """What the templates shown.html, filters.html, paging.html and headers.html need."""
    request = view.request
    shown = {} if response.exception else _content(data, view)
    return {
        "json": linked_json(data, {}),
        **shown,
        "title": title_of(view, response),
        "list": list_of(view),
        "list_title": getattr(view, "title", ""),
        "filters": _filters(data, view, response),
        "pages": pages_of(request, data),
        "status_line": status_line(response),
        "headers": headers_of(response),
        "curl": curl(request) if request.method in READING else None,
    }


def _content(data: Any, view: "StrictView") -> dict[str, Any]:
    content, shape = content_of(view, data)
    references = References(content, shape, view.request.user)
    return {
        "json": linked_json(data, references.links),
        "sections": list(Display(references).sections(content, shape)),
    }


def _filters(data: Any, view: "StrictView", response: Response) -> Filters | None:
    if not may_be_filtered(view, response):
        return None
    errors = data["errors"] if response.exception else []
    texts = {error["pointer"].removeprefix("?"): [error["detail"]] for error in errors}
    return filters_of(view, view.request, texts)
