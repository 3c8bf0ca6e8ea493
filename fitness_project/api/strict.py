"""What all calls of the API have in common."""

from functools import lru_cache
from typing import Any, ClassVar

from django.http import QueryDict
from rest_framework.exceptions import ErrorDetail, ParseError
from rest_framework.request import Request
from rest_framework.views import APIView

from .http.renderers import wants_json
from .problems.errors import InvalidQuery
from .query import QuerySerializer

WITH_A_BODY = ("POST", "PUT", "PATCH")
# Links in the browsable API have it.
ALWAYS_KNOWN = frozenset({"format"})


class StrictView(APIView):
    """Refuses unknown query parameters, and requests that lack their body.

    `query` defines the parameters of GET. Other methods have none.
    """

    query: ClassVar[type[QuerySerializer]] = QuerySerializer
    # Responses are for one user, and each use of a stored one must be checked.
    cache_control: ClassVar[str] = "private, no-cache"

    @property
    def default_response_headers(self) -> dict[str, str]:
        headers: dict[str, str] = super().default_response_headers
        headers["Cache-Control"] = self.cache_control
        return headers

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        received = request._request  # Django's, which is quicker to ask.
        has_query = bool(received.META.get("QUERY_STRING"))
        lacks_body = received.method in WITH_A_BODY and request.stream is None
        if not (has_query or lacks_body) or not self._has_method(str(received.method).lower()):
            return  # If the view lacks the method, the response will be a 405.
        self._refuse_unknown_parameters(request, received.META.get("QUERY_STRING", ""))
        if lacks_body:
            raise ParseError("This call needs a body, which must be JSON.")

    def query_names(self) -> frozenset[str]:
        return self.query.names()

    def _has_method(self, method: str) -> bool:
        return method in self.http_method_names and hasattr(self, method)

    def _refuse_unknown_parameters(self, request: Request, query: str) -> None:
        known = ALWAYS_KNOWN
        # The forms on a browsable page are sent to the page's own URL, query included.
        if request.method in ("GET", "HEAD") or not wants_json(request):
            known |= self.query_names()
        if _names(query) <= known:
            return
        error = ErrorDetail("There is no query parameter with this name.", "unknown")
        raise InvalidQuery({name: [error] for name in request.query_params if name not in known})


@lru_cache(256)
def _names(query: str) -> frozenset[str]:
    """A list that is ready to send would take longer to parse its query than to send."""
    return frozenset(QueryDict(query))
