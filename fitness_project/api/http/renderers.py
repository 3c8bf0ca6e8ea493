"""Responses as JSON, and as pages of the browsable API."""

from collections.abc import Mapping
from typing import Any

from django.forms import Form
from django.http import HttpResponse
from rest_framework.fields import Field
from rest_framework.renderers import BaseRenderer, BrowsableAPIRenderer
from rest_framework.request import Request, override_method
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer, ListSerializer, Serializer

from .json import dump_json


class DocumentJSONRenderer(BaseRenderer):
    media_type = "application/json"
    format = "json"
    charset = None
    render_style = "text"

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


def respond(
    request: Request, data: Any, status: int = 200, headers: dict[str, str] | None = None
) -> HttpResponse:
    """Bytes at once for a client that takes JSON; for a browser, what DRF makes of the data."""
    if wants_json(request):
        return HttpResponse(dump_json(data), "application/json", status, headers=headers)
    return Response(data, status, headers=headers)


class BrowsableRenderer(BrowsableAPIRenderer):
    def get_default_renderer(self, view: Any) -> DocumentJSONRenderer:
        return DocumentJSONRenderer()

    def get_filter_form(self, data: Any, view: Any, request: Request) -> None:
        """None, because only the schema describes query parameters."""

    def get_raw_data_form(self, data: Any, view: Any, method: str, request: Request) -> Form | None:
        """Filled in with what can be sent as it is, or with what a new document needs."""
        form: Form | None = super().get_raw_data_form(data, view, method, request)
        if form is not None:
            with override_method(view, request, method):
                body = present(view.get_serializer(), data) or needed(view.get_serializer())
            form.fields["_content"].initial = dump_json(body, indent=True).decode()
        return form


def present(serializer: Serializer, data: Mapping[str, Any] | None) -> dict[str, Any]:
    """The part of a response that may be sent back."""
    names = [name for name, field in serializer.fields.items() if not field.read_only]
    return {name: data[name] for name in names if name in data} if data else {}


def needed(field: Field | BaseSerializer) -> Any:
    """The fields that must be sent, still to be filled in."""
    match field:
        case ListSerializer():
            return [needed(field.child)]
        case Serializer():
            return {name: needed(inner) for name, inner in field.fields.items() if inner.required}
    return field.get_initial()
