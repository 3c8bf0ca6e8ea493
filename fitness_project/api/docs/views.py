"""Pages for client developers. They respond to anybody."""

from http import HTTPStatus
from itertools import groupby
from typing import Any

from django.utils.safestring import SafeString, mark_safe
from drf_spectacular.utils import extend_schema
from rest_framework.authentication import SessionAuthentication
from rest_framework.permissions import AllowAny
from rest_framework.renderers import TemplateHTMLRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from ..problems.codes import TABLE
from ..problems.field_codes import FIELD_CODES
from ..schema.texts import MEANINGS
from .guide import guide


@extend_schema(exclude=True)
class Page(APIView):
    """Ignores tokens, so that a stale one doesn't stand in the way."""

    http_method_names = ("get", "head")
    authentication_classes = (SessionAuthentication,)  # The header says who is signed in.
    permission_classes = (AllowAny,)
    renderer_classes = (TemplateHTMLRenderer,)
    template_name = ""

    def get(self, request: Request) -> Response:
        headers = {"Cache-Control": "private, no-cache"}
        return Response(self.context(request), template_name=self.template_name, headers=headers)

    def context(self, request: Request) -> dict[str, Any]:
        return {}


class DocsView(Page):
    """All calls, which can be tried out."""

    template_name = "site/docs/calls.html"

    def context(self, request: Request) -> dict[str, Any]:
        return {"api": request.build_absolute_uri("/api")}


class ErrorsView(Page):
    """All error codes, with what to do about each."""

    template_name = "site/docs/errors.html"

    def context(self, request: Request) -> dict[str, Any]:
        by_status = groupby(TABLE, lambda code: code.status)
        statuses = [
            (
                HTTPStatus(status),
                _inline(MEANINGS[status]),
                [(each.name, _inline(each.advice)) for each in codes],
            )
            for status, codes in by_status
        ]
        fields = [
            (name, _inline(f"{code.meaning} {code.advice}")) for name, code in FIELD_CODES.items()
        ]
        return {"statuses": statuses, "fields": fields}


def _inline(text: str) -> SafeString:
    """Of the Markdown that texts for client developers have, such as `code`."""
    from markdown_it import MarkdownIt  # As in `guide`.

    html = MarkdownIt("commonmark", {"html": False}).renderInline(text)
    return mark_safe(html)  # noqa: S308 - HTML in the text is escaped


class GuideView(Page):
    template_name = "site/docs/guide.html"

    def context(self, request: Request) -> dict[str, Any]:
        return {"guide": guide(request.build_absolute_uri("/").rstrip("/"))}
