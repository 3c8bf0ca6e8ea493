"""The start pages: `/`, and `/api/`, which lists all calls."""

from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import Any

import orjson
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.authentication import SessionAuthentication
from rest_framework.permissions import AllowAny
from rest_framework.renderers import TemplateHTMLRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView

from fitness_project.api.http.renderers import DocumentJSONRenderer, wants_json
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
NAMES = {"auth": "Account", "healthz": "Health", "readyz": "Health"}


@dataclass(frozen=True)
class Call:
    """A call of the API, as a page shows it. `page` is empty if a browser can't just open it."""

    group: str
    method: str
    path: str
    summary: str
    docs: str

    @property
    def page(self) -> str:
        return self.path if self.method == "GET" and "{" not in self.path else ""


class HomePage(TemplateHTMLRenderer):
    template_name = "site/home.html"


@extend_schema(exclude=True)
class HomeView(APIView):
    """Responds to anybody. Only a browser's session can tell who it is."""

    renderer_classes = (DocumentJSONRenderer, HomePage)
    authentication_classes = (SessionAuthentication,)
    permission_classes = (AllowAny,)

    def get(self, request: Request) -> Response:
        if wants_json(request):
            return Response({name: reverse(view, request=request) for name, view in PLACES.items()})
        return Response({"groups": calls_by_group()})

    def handle_exception(self, exc: Exception) -> HttpResponse:
        return client_error(self.request._request, exc)


class APIHomeView(StrictView, HomeView):
    """The same under /api, where unknown query parameters are refused."""


@cache
def calls_by_group() -> list[tuple[str, list[Call]]]:
    calls = sorted(_calls(), key=lambda call: call.group)
    return [(group, list(of_group)) for group, of_group in groupby(calls, lambda call: call.group)]


def _calls() -> list[Call]:
    """All calls that the schema describes."""
    return [
        _call(method, path, operation)
        for path, methods in orjson.loads(schema_json())["paths"].items()
        for method, operation in methods.items()
        if "operationId" in operation
    ]


def _call(method: str, path: str, operation: dict[str, Any]) -> Call:
    tag = operation["tags"][0]
    docs = f"{reverse('docs')}#/{tag}/{operation['operationId']}"
    group = NAMES.get(tag, tag.capitalize())
    return Call(group, method.upper(), path, operation["summary"], docs)
