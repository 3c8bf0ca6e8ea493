"""The schema, made once a process, and the page that shows it."""

from functools import cache
from threading import Lock

from django.conf import settings
from django.http import HttpResponse
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularSwaggerView
from rest_framework.permissions import AllowAny
from rest_framework.views import APIView

from ..http.json import dump_json

_making = Lock()


def schema_json() -> bytes:
    """Made by one thread: two that load drf-spectacular's extensions at once fall over them."""
    with _making:
        return _schema_json()


@cache
def _schema_json():
    schema = SchemaGenerator().get_schema(public=True)
    schema["info"]["description"] += f"\n\n{_for_client_developers()}"
    schema["paths"] = {path.rstrip("/"): item for path, item in schema["paths"].items()}
    return dump_json(schema, indent=True)


def _for_client_developers():
    """The README's section."""
    text = (settings.BASE_DIR / "README.md").read_text(encoding="utf-8")
    return text.partition("\n## For client developers\n")[2].partition("\n## ")[0].strip()


@extend_schema(exclude=True)
class SchemaView(APIView):
    """The schema, as JSON."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    def get(self, request):
        return HttpResponse(schema_json(), content_type="application/json")


class DocsView(SpectacularSwaggerView):
    """The page. A stale token sent along must not stand in the way."""

    http_method_names = ("get", "head")
    authentication_classes = ()
    permission_classes = (AllowAny,)
    url_name = "schema"
