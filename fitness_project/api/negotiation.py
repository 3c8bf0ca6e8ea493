from rest_framework.exceptions import NotAcceptable
from rest_framework.negotiation import DefaultContentNegotiation

from .problems import MEDIA_TYPE, preferred_type
from .renderers import DocumentJSONRenderer

PLAIN = ("application/json", "*/*", "")


class JSONFirstNegotiation(DefaultContentNegotiation):
    """Clients that ask for JSON, or for anything, get JSON; only the rest is negotiated."""

    def select_renderer(self, request, renderers, format_suffix=None):
        first = renderers[0]
        if request.META.get("HTTP_ACCEPT", "") in PLAIN:
            return first, first.media_type
        by_type = {renderer.media_type: renderer for renderer in renderers}
        if isinstance(first, DocumentJSONRenderer):
            by_type[MEDIA_TYPE] = first
        preferred = preferred_type(request, list(by_type))
        if preferred is None:
            known = " or ".join(by_type)
            raise NotAcceptable(f"The answer can be {known}.", available_renderers=renderers)
        return by_type[preferred], by_type[preferred].media_type
