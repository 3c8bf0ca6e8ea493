from collections.abc import Iterable
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
    """Chooses JSON for clients that accept it or accept anything. Only the rest is negotiated."""

    def select_renderer(
        self,
        request: Request,
        renderers: Iterable[BaseRenderer],
        format_suffix: str | None = None,
    ) -> tuple[BaseRenderer, str]:
        first = next(iter(renderers))
        if request.META.get("HTTP_ACCEPT", "") in TAKES_JSON:
            return first, first.media_type
        by_type = {renderer.media_type: renderer for renderer in renderers}
        if isinstance(first, DocumentJSONRenderer):
            by_type[PROBLEM] = first
        preferred = preferred_type(request._request, list(by_type))
        if preferred is None:
            raise NotAcceptable(f"Accept must allow {' or '.join(by_type)}.")
        return by_type[preferred], by_type[preferred].media_type


def preferred_type(request: HttpRequest, media_types: list[str]) -> str | None:
    """The media type that the Accept header prefers, or None if it allows or says nothing usable.

    Parameters in the header, such as a charset, are ignored.
    """
    with suppress(ValueError):
        for accepted in request.accepted_types:
            accepted.range_params = {}
        return request.get_preferred_type(media_types)
    return None
