"""Renders responses as JSON, most of them without DRF."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from .json import dump_json


class DocumentJSONRenderer(JSONRenderer):
    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        if data is None:
            return b""
        return dump_json(data, indent="indent" in (renderer_context or {}))


def wants_json(request: Request) -> bool:
    return isinstance(request.accepted_renderer, DocumentJSONRenderer)


class PageResponse(Response):
    """What a page shows. `etag` is the document's: the page itself has none, because more than the
    document changes it."""

    etag = ""


def respond(
    request: Request, data: Any, status: int = 200, headers: dict[str, str] | None = None
) -> HttpResponse:
    """Builds the response: for JSON at once, and for a browser by way of DRF's renderer."""
    if wants_json(request):
        return HttpResponse(dump_json(data), "application/json", status, headers=headers)
    response = PageResponse(data, status, headers=headers)
    response.etag = response.headers.get("ETag", "")
    del response.headers["ETag"]
    return response
