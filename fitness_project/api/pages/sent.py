"""A form that a page sent: always a POST, whichever method it stands for."""

from collections.abc import Mapping
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes

from django.contrib.auth import get_user
from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpRequest
from django.http.multipartparser import MultiPartParserError
from django.http.request import UnreadablePostError
from rest_framework.exceptions import ParseError, UnsupportedMediaType
from rest_framework.parsers import BaseParser
from rest_framework.request import Request

from ..http.negotiation import HTML, TAKES_JSON, preferred_type
from ..http.parsers import load_json
from .authentication import BrowserSessionAuthentication
from .bodies import body_serializer
from .reading import read_body
from .rows import OF_ROW, count_rows, edited, numbered, without_blank
from .typed import Typed

if TYPE_CHECKING:  # DRF's views import this module, because the settings name the renderer.
    from ..strict import StrictView

URLENCODED = "application/x-www-form-urlencoded"
FORMS = {URLENCODED, "multipart/form-data"}
METHODS = ("POST", "PUT", "PATCH", "DELETE")
EDITS = ("_add", "_remove", "_up", "_down", "_find")
UNREADABLE = (
    SuspiciousOperation,
    BadRequest,
    MultiPartParserError,
    UnreadablePostError,
    UnicodeDecodeError,
    LookupError,
)


def is_form(request: HttpRequest) -> bool:
    """Whether a page may have sent this. (Whoever brings a token is no page.)"""
    return (
        request.method == "POST"
        and request.content_type in FORMS
        and "HTTP_AUTHORIZATION" not in request.META
        and request.META.get("HTTP_ACCEPT", "") not in TAKES_JSON
        and preferred_type(request, ["application/json", HTML]) == HTML
    )


class SentForm:
    """What was typed, and what is to be done with it.

    `method` is the one that the form stands for. `edit` is the button that only changes the form,
    such as the one that adds a row. `fault` says why the form can't be read.
    """

    def __init__(self, request: HttpRequest) -> None:
        self.fault: Exception | None = None
        fields = self._read(request)
        self.method = fields.get("_method", "POST")
        if self.method not in METHODS:
            self.fault = ParseError(f"_method must be one of: {', '.join(METHODS)}.")
            self.method = "POST"
        self.if_match = fields.get("_if_match", "")
        self.key = fields.get("_key", "")
        self.json = fields.get("_json")
        pressed = {name: fields[name] for name in EDITS if name in fields}
        self.edit = next(iter(pressed.items()), None)
        typed = numbered(fields)
        self.typed = edited(typed, *self.edit) if self.edit else without_blank(typed)

    @property
    def sought(self) -> str:
        """The reference of which the choices are to be shown."""
        button, target = self.edit or ("", "")
        return target if button == "_find" else ""

    @property
    def focus(self) -> str:
        """The field or the row with which people go on after an edit."""
        button, target = self.edit or ("", "")
        if button == "_add":
            return f"{target}/{count_rows(self.typed, target) - 1}"
        row = OF_ROW.fullmatch(target)
        step = {"_up": -1, "_down": 1}.get(button, 0)
        return f"{row[1]}/{int(row[2]) + step}" if row and step else target

    def _read(self, request: HttpRequest) -> Typed:
        try:
            _refuse_undecodable(request)
            return {name: str(value) for name, value in request.POST.items()}
        except UNREADABLE as error:
            is_known = not isinstance(error, LookupError | UnicodeDecodeError)
            self.fault = error if is_known else ParseError("The form is not valid UTF-8.")
            request._mark_post_parse_error()  # type: ignore[attr-defined]  # Nobody reads it again.
            return {}

    def take_over(self, view: "StrictView", request: Request) -> None:
        """Makes the request the one that the form stands for."""
        request.method = "GET" if self.edit else self.method
        request.parsers = [FormParser()]
        if self.if_match:
            request.META["HTTP_IF_MATCH"] = self.if_match
        if self.key:
            request.META["HTTP_IDEMPOTENCY_KEY"] = self.key
        if hasattr(view, "action_map"):
            viewset: Any = view
            viewset.action = viewset.action_map.get(request.method.lower())

    def require_session(self, request: Request) -> None:
        """Refuses forms to calls that need no sign-in, unless a browser's session sends them."""
        if request.successful_authenticator is not None:
            return
        if not get_user(request._request).is_authenticated:
            raise UnsupportedMediaType(request.content_type)
        BrowserSessionAuthentication().enforce_csrf(request)

    def body(self, view: "StrictView", user: Any) -> Any:
        """The JSON that the form stands for."""
        if self.json is not None:
            return load_json(self.json.encode(errors="surrogatepass"))
        serializer = body_serializer(view, self.method)
        is_partial = self.method == "PATCH"
        return read_body(serializer, self.typed, user, is_partial) if serializer else {}


def _refuse_undecodable(request: HttpRequest) -> None:
    """Django would replace what isn't UTF-8."""
    body = request.body
    (unquote_to_bytes(body) if request.content_type == URLENCODED else body).decode()


class FormParser(BaseParser):
    """Reads what the view has as its `sent` form."""

    media_type = "*/*"

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        view = (parser_context or {})["view"]
        return view.sent.body(view, view.request.user)
