"""The forms of a page: one for each write that the user may make there."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from secrets import token_urlsafe
from typing import TYPE_CHECKING, Any

from rest_framework.response import Response
from rest_framework.serializers import Serializer

from fitness_project.documents.instants import now

from ..fields import PastInstantField
from ..http.json import as_read, dump_json
from .bodies import allowed_writes, body_serializer, needed, offered
from .fields import Filling, Shown, kind_of
from .rows import count_rows
from .typed import ROW, Typed, typed_of

if TYPE_CHECKING:  # DRF's views import this module, because the settings name the renderer.
    from ..strict import StrictView
    from .sent import SentForm

TITLES = {"POST": "New {}", "PUT": "Change this {}", "PATCH": "Change", "DELETE": "Delete this {}"}
BUTTONS = {"POST": "Create", "PUT": "Save", "PATCH": "Save", "DELETE": "Delete"}
# After these, nothing can be written here.
FINAL = (404, 410)


@dataclass
class Form:
    """A form. `json` is the text in its box, and `json_methods` are the box's buttons."""

    method: str
    title: str
    button: str
    fields: list[Shown] = field(default_factory=list)
    json: str = ""
    json_methods: list[str] = field(default_factory=list)
    if_match: str = ""
    key: str = ""
    is_open: bool = False

    @property
    def is_json(self) -> bool:
        """Whether there is only the box, which was sent."""
        return not self.fields and bool(self.json_methods)

    def walk(self) -> list[Shown]:
        return [shown for each in self.fields for shown in each.walk()]


class Forms:
    """The forms for a response."""

    def __init__(self, view: "StrictView", response: Response, user: Any) -> None:
        self.view = view
        self.response = response
        # During an outage, no name can be looked for.
        self.user = user if response.status_code < 500 else None
        self.sent = view.sent
        self.problem = response.data if response.exception else None
        self.etag = getattr(response, "etag", "") or response.headers.get("ETag", "")

    def every(self) -> list[Form]:
        if self.response.status_code in FINAL:
            return []
        if self.sent is not None and self.problem:
            is_known = self.sent.method in self.view.allowed_methods
            is_shown = is_known and not is_foreign(self.problem)
            return [self._form(self.sent.method)] if is_shown else []
        is_shown = self.problem is None or self.response.status_code == 405
        if not is_shown or not self._may_send():
            return []
        writes = allowed_writes(self.view)
        return [self._form(each) for each in writes if each != "PATCH" or "PUT" not in writes]

    def of_rows(self) -> list[dict[str, str]]:
        """The forms that delete a row, each with its place and what tells the row apart."""
        if not self.view.row_button or self.response.status_code != 200 or not self._may_send():
            return []
        path = self.view.request.path.rstrip("/")
        rows = as_read(self.response.data)["results"]
        return [{"action": f"{path}/{row['id']}", "label": self._row_label(row)} for row in rows]

    def _row_label(self, row: Mapping[str, Any]) -> str:
        return ", ".join(str(row[name]) for name in self.view.row_label if row[name])

    def _may_send(self) -> bool:
        """Whether a browser's session is signed in."""
        brings_token = "HTTP_AUTHORIZATION" in self.view.request.META
        return bool(getattr(self.user, "is_authenticated", False)) and not brings_token

    def _form(self, method: str) -> Form:
        serializer = body_serializer(self.view, method)
        sent = self.sent if self.sent is not None and self.sent.method == method else None
        form = Form(method, self._title(method), self._button(method), if_match=self._version(sent))
        form.key = self._key(sent) if method == "POST" else ""
        form.is_open = bool(sent) or method == "PATCH" or self.response.status_code == 405
        if serializer is None:
            return form
        if sent is not None and sent.json is not None:
            form.json, form.json_methods = sent.json, self._json_methods(method)
            return form
        form.fields = self._filling(method, serializer, sent).fields_of(serializer)
        if sent is None and method != "DELETE":
            form.json = dump_json(self._example(serializer, method), indent=True).decode()
            form.json_methods = self._json_methods(method)
        form.is_open = form.is_open or self._is_empty_list()
        return form

    def _version(self, sent: "SentForm | None") -> str:
        """The one that the form was opened with. A page that shows a conflict goes on with the
        stored one."""
        opened = sent.if_match if sent else ""
        return self.etag if self.response.status_code == 412 else opened or self.etag

    def _key(self, sent: "SentForm | None") -> str:
        """Its Idempotency-Key: whoever sends it twice creates one document. A 422 says that the key
        belongs to another one."""
        kept = sent.key if sent and self.response.status_code != 422 else ""
        return kept or token_urlsafe(12)

    def _is_empty_list(self) -> bool:
        """Without a filter that hides what is there."""
        data, query = self.response.data, self.view.request.query_params
        return isinstance(data, Mapping) and data.get("results") == [] and not query

    def _title(self, method: str) -> str:
        named = self.view.form_titles.get(method)
        return named or TITLES[method].format(getattr(self.view, "basename", "document"))

    def _button(self, method: str) -> str:
        is_edit = method in ("PUT", "PATCH")
        return BUTTONS[method] if is_edit else self.view.form_titles.get(method, BUTTONS[method])

    def _json_methods(self, method: str) -> list[str]:
        both = method in ("PUT", "PATCH") and {"PUT", "PATCH"} <= {*self.view.allowed_methods}
        return ["PUT", "PATCH"] if both else [method]

    def _filling(self, method: str, serializer: Serializer, sent: "SentForm | None") -> Filling:
        prefix = method.lower()
        if sent is None:
            return Filling(prefix, self._stored(method, serializer), self.user)
        errors = defaultdict[str, list[tuple[str | None, str]]](list)
        for error in (self.problem or {}).get("errors", ()):
            errors[unescaped(error["pointer"])].append((error["code"], error["detail"]))
        typed = sent.typed
        if method == "POST" and not sent.edit:
            typed = self._blank_rows(serializer, typed) | typed
        return Filling(prefix, typed, self.user, errors, sent.focus, sent.sought)

    def _stored(self, method: str, serializer: Serializer) -> dict[str, str]:
        if method in ("PUT", "PATCH"):
            return typed_of(serializer, as_read(self.response.data), self.user)
        present = f"{now():%Y-%m-%dT%H:%M}"
        fields = offered(serializer).items()
        dates = {name: present for name, each in fields if isinstance(each, PastInstantField)}
        return dates | self._blank_rows(serializer, {})

    def _blank_rows(self, serializer: Serializer, typed: Typed) -> Typed:
        """A row for each list that has none."""
        names = [name for name, each in offered(serializer).items() if kind_of(each) == "rows"]
        return {f"{ROW}{name}/0": "" for name in names if not count_rows(typed, name)}

    def _example(self, serializer: Serializer, method: str) -> Mapping[str, Any]:
        """What can be sent: the stored document, or what a new one needs."""
        if method in ("PUT", "PATCH"):
            stored = self.response.data
            return {name: stored[name] for name in offered(serializer) if name in stored}
        return needed(serializer)


def is_foreign(problem: Mapping[str, Any]) -> bool:
    """Whether another site has sent the form: Django's check of Origin or Referer says so."""
    return " checking failed" in str(problem["detail"])


def unescaped(pointer: str) -> str:
    """The pointer as fields have it."""
    return pointer.removeprefix("/").replace("~1", "/").replace("~0", "~")
