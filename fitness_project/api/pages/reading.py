"""Reads a form as the JSON that a client would send. Serializers judge it, as they do JSON.

What isn't a number stays a text, so that the serializer says what is wrong with it.
"""

import re
from collections.abc import Mapping
from typing import Any

from rest_framework.fields import BooleanField, ChoiceField, Field, ListField
from rest_framework.serializers import Serializer

from ..fields import InstantField, IntegerField, NumberField, ReferenceField
from .bodies import offered, row_of
from .rows import IN_ROW, count_rows
from .typed import SHOWN, TEXT, Typed

INTEGER = re.compile(r"[+-]?\d{1,30}", re.ASCII)
NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,5})?", re.ASCII)
LINE_BREAKS = re.compile(r"\r\n?|\n")
# As browsers send it, without seconds if they are 0.
LOCAL = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d)(:\d\d(?:\.\d{1,3})?)?", re.ASCII)
# No name is longer than this, and a search for a longer text would take its time.
MAX_SEARCH = 120
ABSENT = object()


def read_body(serializer: Serializer, typed: Typed, user: Any, is_partial: bool = False) -> Any:
    """The body. A partial one has only the lists of which rows were sent."""
    fields = offered(serializer)
    read = {name: _value(field, name, typed, user) for name, field in fields.items()}
    known = {name: row_of(field) is not None for name, field in fields.items()}
    unknown = {key: text for key, text in typed.items() if not _is_known(key, known)}
    present = {name: value for name, value in read.items() if value is not ABSENT}
    if is_partial:
        present = {name: value for name, value in present.items() if value != []}
    return {**present, **unknown}


def _is_known(key: str, has_rows: Mapping[str, bool]) -> bool:
    if key.startswith("_") or key == "csrfmiddlewaretoken":
        return True
    found = IN_ROW.fullmatch(key)
    return has_rows.get(found[2], False) if found else has_rows.get(key) is False


def _value(field: Field, pointer: str, typed: Typed, user: Any) -> Any:
    if (item := row_of(field)) is not None:
        places = range(count_rows(typed, pointer))
        return [_value(item, f"{pointer}/{place}", typed, user) for place in places]
    match field:
        case Serializer():
            return _row(field, pointer, typed, user)
        case ReferenceField():
            return _reference(field, pointer, typed, user) or _nothing(field)
        case _ if pointer not in typed:
            return ABSENT
    return _single(field, typed[pointer])


def _row(serializer: Serializer, pointer: str, typed: Typed, user: Any) -> dict[str, Any]:
    """The row, with what is sent back as it was read."""
    fields = serializer.fields.items()
    values = {name: _value(field, f"{pointer}/{name}", typed, user) for name, field in fields}
    return {name: value for name, value in values.items() if value is not ABSENT}


def _single(field: Field, text: str) -> Any:
    match field:
        case ListField():
            return [line for line in LINE_BREAKS.split(text) if line.strip()]
        case IntegerField() | NumberField():
            return _number(text.strip()) if text.strip() else _nothing(field)
        case InstantField():
            found = LOCAL.fullmatch(text)
            return f"{found[1]}{found[2] or ':00'}Z" if found else text or _nothing(field)
        case BooleanField():
            return {"true": True, "false": False}.get(text, text)
        case ChoiceField():
            return text or _nothing(field)
    return text


def _nothing(field: Field) -> Any:
    return None if field.allow_null else ABSENT


def _number(text: str) -> Any:
    if INTEGER.fullmatch(text):
        return int(text)
    return float(text) if NUMBER.fullmatch(text) else text


def _reference(field: ReferenceField, pointer: str, typed: Typed, user: Any) -> Any:
    """The id of the document that is shown, or of the one with the name that was typed."""
    chosen = typed.get(pointer, "")
    text = typed.get(TEXT + pointer, "")
    if chosen and text == typed.get(SHOWN + pointer, ""):
        return chosen
    return named(field, text, user) or text.strip()


def named(field: ReferenceField, text: str, user: Any) -> str | None:
    """The id of the document that is called so, in whatever case."""
    wanted = text.strip()[:MAX_SEARCH]
    found = field.choices(wanted, user) if wanted else []
    return next((str(each) for each, name in found if name.casefold() == wanted.casefold()), None)
