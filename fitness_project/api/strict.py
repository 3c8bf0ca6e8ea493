"""What all calls of the API have in common."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, ClassVar

from django.http import HttpRequest, QueryDict
from rest_framework.exceptions import ErrorDetail, ParseError
from rest_framework.request import Request
from rest_framework.views import APIView

from fitness_project.database.outage import outage
from fitness_project.errors import Unreachable

from .http.renderers import wants_json
from .pages.following import following
from .pages.sent import SentForm, is_form
from .problems.errors import InvalidQuery
from .query import ExistingValues, QuerySerializer

WITH_A_BODY = ("POST", "PUT", "PATCH")
# Links in the browsable API have it.
ALWAYS_KNOWN = frozenset({"format"})


class StrictView(APIView):
    """Refuses unknown query parameters, and requests that lack their body.

    `query` defines the parameters of GET. Other methods have none. `title` says on pages what the
    call is about.
    """

    query: ClassVar[type[QuerySerializer]] = QuerySerializer
    title: ClassVar[str] = ""
    page_template: ClassVar[str] = "site/api/page.html"
    # What a page calls its forms, what it says when one has succeeded, and where that one leads, by
    # method. `pages` has texts and places for views that declare none.
    form_titles: ClassVar[Mapping[str, str]] = {}
    form_done: ClassVar[str] = ""
    form_leads_to: ClassVar[Mapping[str, str]] = {}
    # For a list whose rows can each be deleted: what the buttons say, and the fields that tell the
    # rows apart.
    row_button: ClassVar[str] = ""
    row_label: ClassVar[Sequence[str]] = ()
    takes_forms: ClassVar[bool] = True
    sent: SentForm | None = None
    # Responses are for one user, and each use of a stored one must be checked.
    cache_control: ClassVar[str] = "private, no-cache"

    @property
    def default_response_headers(self) -> dict[str, str]:
        headers: dict[str, str] = super().default_response_headers
        headers["Cache-Control"] = self.cache_control
        return headers

    def initialize_request(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Request:
        received: Request = super().initialize_request(request, *args, **kwargs)
        if request.method == "POST" and self.takes_forms and is_form(request):
            self.sent = SentForm(request)
            self.sent.take_over(self, received)
        return received

    def perform_authentication(self, request: Request) -> None:
        if self.sent is not None and outage.is_on():
            raise Unreachable
        if self.sent is not None and self.sent.fault is not None:
            raise self.sent.fault
        super().perform_authentication(request)

    def finalize_response(
        self, request: Request, response: Any, *args: Any, **kwargs: Any
    ) -> Any:  # DRF's own is typed for its Response alone.
        if self.sent is not None:
            response = following(self, response)
        return super().finalize_response(request, response, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if self.sent is not None:
            self.sent.require_session(request)
        received = request._request  # Django's, which is quicker to ask.
        has_query = bool(received.META.get("QUERY_STRING"))
        lacks_body = request.method in WITH_A_BODY and request.stream is None
        if not (has_query or lacks_body) or not self._has_method(str(request.method).lower()):
            return  # If the view lacks the method, the response will be a 405.
        self._refuse_unknown_parameters(request, received.META.get("QUERY_STRING", ""))
        if lacks_body:
            raise ParseError("This call needs a body, which must be JSON.")

    def query_names(self) -> frozenset[str]:
        return self.query.names()

    def filter_values(self) -> ExistingValues:
        """What pages offer as values of the parameters."""
        return {}

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
