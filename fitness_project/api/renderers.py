"""JSON by orjson, and the browsable API."""

import orjson
from bson import ObjectId
from bson.raw_bson import RawBSONDocument
from django.http import HttpResponse
from rest_framework.renderers import BaseRenderer, BrowsableAPIRenderer
from rest_framework.request import override_method
from rest_framework.response import Response
from rest_framework.serializers import ListSerializer, Serializer

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

    def get_filter_form(self, data, view, request):
        """None: query parameters are described by the schema alone."""

    def get_raw_data_form(self, data, view, method, request):
        """Filled in, so that it can be sent as it is, or with what a new document needs."""
        form = super().get_raw_data_form(data, view, method, request)
        if form is not None:
            with override_method(view, request, method):
                body = present(view.get_serializer(), data) or needed(view.get_serializer())
            form.fields["_content"].initial = dump_json(body, indent=True).decode()
        return form


def present(serializer, data) -> dict:
    """The part of an answer that may be sent back."""
    names = [name for name, field in serializer.fields.items() if not field.read_only]
    return {name: data[name] for name in names if name in (data or ())}


def needed(field):
    """What must be sent, still to be filled in."""
    match field:
        case ListSerializer():
            return [needed(field.child)]
        case Serializer():
            return {name: needed(inner) for name, inner in field.fields.items() if inner.required}
    return field.get_initial()
