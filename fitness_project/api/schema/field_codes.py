"""Which `errors[].code` each field of a body or a query can have."""

from collections.abc import Iterator

from rest_framework import serializers

from .. import fields
from ..pagination import PageQuery
from .calls import Call

Codes = dict[str, list[str]]
"""The codes by pointer. In a pointer, `*` stands for any index of an array, or any name."""

BOUNDS = ("min_length", "max_length", "min_value", "max_value")
LISTS = (serializers.ListField, serializers.ListSerializer)
TEXT = ("invalid", "control_characters")
# The first class that fits a field says which codes its own checks give.
BY_CLASS: dict[type[serializers.Field], tuple[str, ...]] = {
    serializers.ListField: ("not_a_list",),
    serializers.ListSerializer: ("not_a_list",),
    fields.PasswordField: ("invalid", "null_characters_not_allowed", "max_length"),
    fields.PageSizeField: (*TEXT, "range"),
    fields.NameField: (*TEXT, "line_breaks"),
    fields.TextField: TEXT,
    fields.PastInstantField: ("invalid", "min_value", "max_value"),
    fields.QueryInstantField: ("invalid", "plus"),
    serializers.ChoiceField: ("invalid_choice",),
    serializers.Field: ("invalid",),
}


def field_codes(call: Call) -> Codes:
    codes: Codes = {}
    if call.serializer is not None:
        codes |= _body_codes(call.serializer, is_partial=call.method == "PATCH")
    if call.is_strict:
        codes |= _query_codes(call)
    return {pointer: list(dict.fromkeys(each)) for pointer, each in codes.items()}


def _query_codes(call: Call) -> Codes:
    queries = [call.query] if call.query else []
    queries += [PageQuery] if call.is_paged else []
    known = {f"?{n}": f for query in queries for n, f in query().fields.items()}
    own = {name: _own_codes(field, can_be_null=False) for name, field in known.items()}
    # Any of them may be undecodable, which is `invalid`.
    codes = {name: [*each, "invalid", "repeated"] for name, each in own.items()}
    return {**codes, "?*": ["unknown"]}


def _body_codes(serializer: serializers.Serializer, *, is_partial: bool) -> Codes:
    codes: Codes = {"": ["invalid", "null"], "/*": ["unknown"]}
    for name, field in _writable(serializer):
        codes |= _codes_within(field, f"/{name}", is_optional=is_partial)
    for name, further in getattr(serializer, "further_codes", {}).items():
        codes[f"/{name}"] += further
    return codes


def _codes_within(field: serializers.Field, pointer: str, *, is_optional: bool) -> Codes:
    codes = {pointer: _own_codes(field, is_optional=is_optional)}
    if isinstance(field, serializers.Serializer):
        codes[f"{pointer}/*"] = ["unknown"]
        for name, inner in _writable(field):
            codes |= _codes_within(inner, f"{pointer}/{name}", is_optional=False)
    elif isinstance(field, LISTS) and field.child is not None:
        codes |= _codes_within(field.child, f"{pointer}/*", is_optional=True)
    return codes


def _writable(serializer: serializers.Serializer) -> Iterator[tuple[str, serializers.Field]]:
    return ((name, field) for name, field in serializer.fields.items() if not field.read_only)


def _own_codes(
    field: serializers.Field, *, is_optional: bool = False, can_be_null: bool = True
) -> list[str]:
    """The codes of this field alone, not of what is in it."""
    codes = ["required"] if field.required and not is_optional else []
    if can_be_null and _refuses_null(field):
        codes.append("null")
    if isinstance(field, serializers.CharField) and not (field.allow_blank or field.allow_null):
        codes.append("blank")
    codes += next(own for kind, own in BY_CLASS.items() if isinstance(field, kind))
    codes += [bound for bound in BOUNDS if getattr(field, bound, None) is not None]
    # What a field's own class refuses besides, such as an id that doesn't exist.
    own = vars(type(field)).get("default_error_messages", {})
    return [*codes, *(code for code in own if code == "does_not_exist")]


def _refuses_null(field: serializers.Field) -> bool:
    """Asks the field, because some take null for a value."""
    try:
        field.run_validation(None)
    except serializers.ValidationError:
        return True
    return False
