"""The schema, which each process generates once, and the page that shows it."""

from functools import cache
from threading import Lock

from django.conf import settings
from django.http import HttpResponse
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularSwaggerView
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
    schema["info"]["description"] += f"\n\n{_for_client_developers()}"
    return dump_json(schema, indent=True)


def _for_client_developers() -> str:
    """The section of the README with this title."""
    text = (settings.BASE_DIR / "README.md").read_text(encoding="utf-8")
    return text.partition("\n## For client developers\n")[2].partition("\n## ")[0].strip()


@extend_schema(exclude=True)
class SchemaView(APIView):
    """Returns the schema as JSON."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    def get(self, request: Request) -> HttpResponse:
        return HttpResponse(schema_json(), content_type="application/json")


class DocsView(SpectacularSwaggerView):
    """Shows the schema, even to clients that send an invalid token."""

    http_method_names = ("get", "head")
    authentication_classes = ()
    permission_classes = (AllowAny,)
    url_name = "schema"
