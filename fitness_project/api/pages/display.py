"""How a page shows what a response holds."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from rest_framework.request import Request
from rest_framework.response import Response

from .exchange import curl, headers_of, status_line
from .filters import READING, Filters, filters_of, may_be_filtered
from .linked_json import linked_json
from .paging import pages_of
from .references import References
from .responses import content_of, list_of, title_of
from .sections import Display, Section

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
        "curl": curl(request) if may_be_read(request, response) else None,
    }


def may_be_read(request: Request, response: Response) -> bool:
    return request.method in READING and response.status_code != 405


def _content(data: Any, view: "StrictView") -> dict[str, Any]:
    content, shape = content_of(view, data)
    references = References(content, shape, view.request.user)
    return {
        "json": linked_json(data, references.links),
        "sections": list(Display(references).sections(content, shape)),
    }


def add_row_forms(sections: Iterable[Section], forms: Iterable[Mapping[str, str]]) -> None:
    """Puts the forms that delete a row into the rows of the list, which are in the same order."""
    rows = [row for each in sections if each.table for row in each.table.rows]
    for row, form in zip(rows, forms, strict=False):
        row.form = form


def _filters(data: Any, view: "StrictView", response: Response) -> Filters | None:
    if not may_be_filtered(view, response):
        return None
    errors = data["errors"] if response.exception else []
    texts = {error["pointer"].removeprefix("?"): [error["detail"]] for error in errors}
    return filters_of(view, view.request, texts)
