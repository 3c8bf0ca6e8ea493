"""A form that was opened before somebody else changed the document: both versions."""

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework.exceptions import APIException
from rest_framework.request import override_method

from fitness_project.errors import DomainError

from ..http.json import as_read, dump_json
from .bodies import body_serializer
from .fields import Filling, Shown
from .forms import Form
from .reading import read_body
from .typed import typed_of

if TYPE_CHECKING:  # DRF's views import this module, because the settings name the renderer.
    from ..strict import StrictView

Difference = dict[str, str]


def differences(view: "StrictView", form: Form, user: Any) -> list[Difference]:
    """The fields of which the form and the stored document have different values."""
    stored = stored_document(view)
    if stored is None:
        return []
    if form.json:
        return [_difference("JSON", form.json, dump_json(stored, indent=True).decode())]
    serializer = body_serializer(view, form.method)
    if serializer is None or view.sent is None:
        return []
    typed = typed_of(serializer, as_read(stored), user)
    pairs = zip(form.fields, Filling("stored", typed, user).fields_of(serializer), strict=True)
    mine, theirs = (read_body(serializer, each, user) for each in (view.sent.typed, typed))
    found = [
        _difference(field.label, text_of(field), text_of(other))
        for field, other in pairs
        if mine.get(field.pointer) != theirs.get(field.pointer)
    ]
    return [each for each in found if each["mine"] != each["stored"]]


def _difference(label: str, mine: str, stored: str) -> Difference:
    return {"label": label, "mine": mine, "stored": stored}


def stored_document(view: "StrictView") -> Any:
    reader: Any = view
    with override_method(view, view.request, "GET"):
        try:
            response = reader.get(view.request, **view.kwargs)
        except (APIException, DomainError, Http404, PermissionDenied):
            return None  # It has been deleted meanwhile.
    return getattr(response, "data", None)


def text_of(shown: Shown) -> str:
    match shown.kind:
        case "rows":
            return "\n".join(map(_row_of, shown.rows))
        case "reference":
            return shown.text
    return "\n".join(shown.value.split("\r\n"))


def _row_of(row: list[Shown]) -> str:
    visible = [each for each in row if each.kind != "hidden"]
    return ", ".join(each.text or f"{each.label} {each.value or '–'}" for each in visible)
