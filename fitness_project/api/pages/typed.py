"""What the fields of a form hold: texts by JSON pointer, without the pointer's first slash.

A reference has three: its id under its own pointer, the text that is searched for under TEXT, and
the text that the id belongs to under SHOWN. As long as both texts are equal, the id stands. MATCHES
marks one of which the id was chosen among matches, and ROW a row of which nothing else may be
known.
"""

from collections.abc import Mapping
from typing import Any

from rest_framework.fields import Field, ListField
from rest_framework.serializers import Serializer

from fitness_project.documents.ids import parse_object_id

from ..fields import InstantField, ReferenceField
from .bodies import offered, row_of
from .labels import label_of

Typed = dict[str, str]
TEXT, SHOWN, MATCHES, ROW = "_text/", "_shown/", "_matches/", "_row/"


def typed_of(serializer: Serializer, document: Mapping[str, Any], user: Any) -> Typed:
    """What the form of a document holds, which is JSON."""
    typed: Typed = {}
    for name, field in offered(serializer).items():
        typed |= _typed(field, name, document.get(name), user)
    return typed


def _typed(field: Field, pointer: str, value: Any, user: Any) -> Typed:
    if (item := row_of(field)) is not None:
        return _rows(item, pointer, value or (), user)
    match field:
        case Serializer():
            names = field.fields.items()
            parts = [_typed(f, f"{pointer}/{n}", (value or {}).get(n), user) for n, f in names]
            return {key: text for part in parts for key, text in part.items()}
        case ReferenceField():
            text = name_of(field, value, user)
            return {pointer: value or "", TEXT + pointer: text, SHOWN + pointer: text}
        case ListField():
            return {pointer: "\n".join(map(str, value or ()))}
    return {pointer: text_of(field, value)}


def _rows(item: Field, pointer: str, values: Any, user: Any) -> Typed:
    typed: Typed = {}
    for index, value in enumerate(values):
        typed[f"{ROW}{pointer}/{index}"] = ""
        if isinstance(item, ReferenceField):
            typed[f"{pointer}/{index}"] = value  # The form looks for the names of all at once.
        else:
            typed |= _typed(item, f"{pointer}/{index}", value, user)
    return typed


def name_of(field: ReferenceField, value: Any, user: Any) -> str:
    """The name of the document with this id, or a text that says that there is none."""
    if not value:
        return ""
    document_id = parse_object_id(value)
    name = document_id and field.named(document_id, user)
    return name or f"({label_of(field).lower()} that no longer exists)"


def text_of(field: Field, value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case float():
            return repr(value).removesuffix(".0")
        case str() if isinstance(field, InstantField):
            return value.removesuffix("Z").removesuffix(".000")
    return str(value)
