"""The schema, which each process generates once."""

from functools import cache
from hashlib import sha256
from threading import Lock
from typing import Any

from django.http import HttpResponse
from django.utils.decorators import method_decorator
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import condition
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.views import APIView

from ..http.json import dump_json

_generating = Lock()


def schema_json() -> bytes:
    """Generates it in one thread: drf-spectacular fails if two load its extensions at once."""
    with _generating:
        return _schema_json()


@cache
def _schema_json() -> bytes:
    schema = SchemaGenerator().get_schema(public=True)
    return dump_json(schema, indent=True)


def schema_etag(*_: Any, **__: Any) -> str:
    return f'"{_digest(schema_json())}"'


@cache
def _digest(content: bytes) -> str:
    return sha256(content).hexdigest()[:24]


@extend_schema(exclude=True)
@method_decorator([gzip_page, condition(etag_func=schema_etag)], "dispatch")
class SchemaView(APIView):
    """Returns the schema as JSON."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    def get(self, request: Request) -> HttpResponse:
        headers = {"Cache-Control": "no-cache"}
        return HttpResponse(schema_json(), content_type="application/json", headers=headers)
