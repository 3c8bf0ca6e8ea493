"""The start pages: `/`, and `/api/`, which lists all calls."""

from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import quote

import orjson
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import APIException
from rest_framework.permissions import AllowAny
from rest_framework.renderers import TemplateHTMLRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView

from fitness_project.api.http.renderers import DocumentJSONRenderer, wants_json
from fitness_project.api.pages.authentication import BrowserSessionAuthentication
from fitness_project.api.problems.handlers import client_error
from fitness_project.api.schema.views import schema_json
from fitness_project.api.strict import StrictView

PLACES = {
    "history": "session-list",
    "routines": "routine-list",
    "exercises": "exercise-list",
    "sync": "sync",
    "account": "me",
    "docs": "docs",
    "schema": "schema",
}
# In the order in which they are shown.
RESOURCES = {
    "exercises": "Exercises",
    "routines": "Routines",
    "history": "History",
    "sync": "Sync",
    "auth": "Account",
    "healthz": "Health",
    "readyz": "Health",
}


@dataclass(frozen=True)
class Call:
    """A call of the API. `docs` is where it is described."""

    method: str
    summary: str
    docs: str


@dataclass(frozen=True)
class Path:
    path: str
    calls: list[Call]

    @property
    def resource(self) -> str:
        name = self.path.removeprefix("/api").split("/")[1]
        return RESOURCES.get(name, name.capitalize())

    @property
    def opens(self) -> bool:
        """Whether a browser can open it as it is."""
        return self.is_complete and any(call.method == "GET" for call in self.calls)

    @property
    def is_complete(self) -> bool:
        """Whether it names no id. Those who are signed in find a form there, if nothing else."""
        return "{" not in self.path


class HomePage(TemplateHTMLRenderer):
    template_name = "site/home.html"


@extend_schema(exclude=True)
class HomeView(APIView):
    """Responds to anybody. Only a browser's session can tell who it is."""

    renderer_classes = (DocumentJSONRenderer, HomePage)
    authentication_classes = (BrowserSessionAuthentication,)
    permission_classes = (AllowAny,)

    def get(self, request: Request) -> Response:
        if wants_json(request):
            return Response({name: reverse(view, request=request) for name, view in PLACES.items()})
        return Response({"resources": paths_by_resource()})

    def handle_exception(  # type: ignore[override]  # Django's will do as well as DRF's.
        self, exc: Exception
    ) -> HttpResponse:
        if isinstance(exc, APIException):
            return client_error(self.request._request, exc)
        raise exc  # Django logs it.


class APIHomeView(StrictView, HomeView):
    """The same under /api, where unknown query parameters are refused."""

    takes_forms = False


@cache
def paths_by_resource() -> dict[str, list[Path]]:
    """All that the schema describes."""
    resources: dict[str, list[Path]] = {title: [] for title in RESOURCES.values()}
    for path, operations in orjson.loads(schema_json())["paths"].items():
        found = Path(path, _calls(operations))
        resources.setdefault(found.resource, []).append(found)
    return resources


def _calls(operations: dict[str, Any]) -> list[Call]:
    return [
        Call(method.upper(), operation["summary"], _docs(operation))
        for method, operation in operations.items()
        if "operationId" in operation
    ]


def _docs(operation: dict[str, Any]) -> str:
    return f"{reverse('docs')}#/{quote(operation['tags'][0])}/{operation['operationId']}"
