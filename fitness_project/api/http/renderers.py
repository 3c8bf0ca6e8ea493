"""Renders responses as JSON and as pages of the browsable API."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.forms import Form
from django.http import HttpResponse
from rest_framework.fields import Field
from rest_framework.renderers import BrowsableAPIRenderer, JSONRenderer
from rest_framework.request import Request, override_method
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer, ListSerializer, Serializer

from .json import dump_json

if TYPE_CHECKING:  # DRF's views import this module, because the settings name it.
    from rest_framework.views import APIView


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


def respond(
    request: Request, data: Any, status: int = 200, headers: dict[str, str] | None = None
) -> HttpResponse:
    """Builds the response: for JSON at once, and for a browser by way of DRF's renderer."""
    if wants_json(request):
        return HttpResponse(dump_json(data), "application/json", status, headers=headers)
    return Response(data, status, headers=headers)


class BrowsableRenderer(BrowsableAPIRenderer):
    def get_default_renderer(self, view: "APIView") -> DocumentJSONRenderer:
        return DocumentJSONRenderer()

    def get_filter_form(self, data: Any, view: "APIView", request: Request) -> None:
        """Returns None: query parameters are described in the schema alone."""

    def get_raw_data_form(
        self, data: Any, view: "APIView", method: str, request: Request
    ) -> Form | None:
        """Fills the form in with what can be sent back, or with what a new document needs."""
        form: Form | None = super().get_raw_data_form(data, view, method, request)
        if form is not None and hasattr(view, "get_serializer"):
            with override_method(view, request, method):
                serializer: BaseSerializer = view.get_serializer()
            body = present(serializer, data) or needed(serializer)
            form.fields["_content"].initial = dump_json(body, indent=True).decode()
        return form


def present(serializer: BaseSerializer, data: Mapping[str, Any] | None) -> dict[str, Any]:
    """The fields of a response that can be sent back."""
    if not data or not isinstance(serializer, Serializer):
        return {}
    fields = serializer.fields.items()
    return {name: data[name] for name, field in fields if name in data and not field.read_only}


def needed(field: Field) -> Any:
    """The fields that must be sent, with empty values."""
    match field:
        case ListSerializer(child=Field() as item):
            return [needed(item)]
        case Serializer():
            return {name: needed(inner) for name, inner in field.fields.items() if inner.required}
    return field.get_initial()
