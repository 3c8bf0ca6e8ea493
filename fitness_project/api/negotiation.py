from rest_framework.negotiation import DefaultContentNegotiation

from .renderers import DocumentJSONRenderer

PLAIN = ("application/json", "*/*")


class JSONFirstNegotiation(DefaultContentNegotiation):
    """Clients that ask for JSON, or for anything, get JSON; only the rest is negotiated."""

    def select_renderer(self, request, renderers, format_suffix=None):
        first = renderers[0]
        asked = request.META.get("HTTP_ACCEPT", "*/*")
        if asked in PLAIN and isinstance(first, DocumentJSONRenderer):
            return first, first.media_type
        return super().select_renderer(request, renderers, format_suffix)
