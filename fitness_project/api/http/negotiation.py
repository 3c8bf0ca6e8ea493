from collections.abc import Sequence
from contextlib import suppress

from django.http import HttpRequest
from rest_framework.exceptions import NotAcceptable
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from .renderers import DocumentJSONRenderer

PROBLEM = "application/problem+json"
HTML = "text/html"
TAKES_JSON = ("application/json", "*/*", "")


class JSONFirstNegotiation(DefaultContentNegotiation):
    """Clients that ask for JSON, or for anything, get JSON. Only the rest is negotiated."""

    def select_renderer(
        self,
        request: Request,
        renderers: Sequence[BaseRenderer],
        format_suffix: str | None = None,
    ) -> tuple[BaseRenderer, str]:
        first = renderers[0]
        if request.META.get("HTTP_ACCEPT", "") in TAKES_JSON:
            return first, first.media_type
        by_type = {renderer.media_type: renderer for renderer in renderers}
        if isinstance(first, DocumentJSONRenderer):
            by_type[PROBLEM] = first
        preferred = preferred_type(request._request, list(by_type))
        if preferred is None:
            known = " or ".join(by_type)
            raise NotAcceptable(f"The response can be {known}.", available_renderers=renderers)
        return by_type[preferred], by_type[preferred].media_type


def prefers_html(request: HttpRequest) -> bool:
    return preferred_type(request, [PROBLEM, "application/json", HTML]) == HTML


def preferred_type(request: HttpRequest, media_types: list[str]) -> str | None:
    """None also if the Accept header can't be read. Its parameters, such as a charset, don't
    matter."""
    with suppress(ValueError):
        for accepted in request.accepted_types:
            accepted.range_params = {}
        return request.get_preferred_type(media_types)
    return None
