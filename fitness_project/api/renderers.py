"""JSON by orjson, and the browsable API."""

import orjson
from bson import ObjectId
from bson.raw_bson import RawBSONDocument
from django.http import HttpResponse
from rest_framework.renderers import BaseRenderer, BrowsableAPIRenderer
from rest_framework.response import Response

from .fields import format_instant

OPTIONS = orjson.OPT_PASSTHROUGH_DATETIME


def dump_json(data, indent=False) -> bytes:
    """JSON of stored values: ids as 24 hexadecimal digits, dates as UTC with milliseconds."""
    return orjson.dumps(data, _encode, OPTIONS | (orjson.OPT_INDENT_2 if indent else 0))


def _encode(value):
    if value.__class__ is ObjectId:
        return value.binary.hex()
    if hasattr(value, "isoformat"):
        return format_instant(value)
    if isinstance(value, RawBSONDocument):
        return dict(value)
    return str(value)


class DocumentJSONRenderer(BaseRenderer):
    media_type = "application/json"
    format = "json"
    charset = None
    render_style = "text"

    def render(self, data, accepted_media_type=None, renderer_context=None):
        if data is None:
            return b""
        return dump_json(data, indent="indent" in (renderer_context or {}))


def is_json(request) -> bool:
    return isinstance(request.accepted_renderer, DocumentJSONRenderer)


def answer(request, data, status=200, headers=None):
    """The response with this data: bytes at once for a client that takes JSON, and what DRF makes
    of it for a browser."""
    if is_json(request):
        return HttpResponse(dump_json(data), "application/json", status, headers=headers)
    return Response(data, status, headers=headers)


class BrowsableRenderer(BrowsableAPIRenderer):
    def get_default_renderer(self, view):
        return DocumentJSONRenderer()
