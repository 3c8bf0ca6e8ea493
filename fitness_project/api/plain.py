"""Reads well-formed bodies in a few steps a field.

Serializers are made to say what is wrong, and constructing one takes longer than a whole request
should. Nearly all bodies are right, so a reader is made once from each serializer's own fields and
is asked first. What it accepts, it reads exactly as the serializer would. Everything else (a wrong
type, a string to be trimmed, an unknown key) it leaves to the serializer, which then says what is
wrong. There is one set of rules, the serializer's, and a property test checks that both agree.
"""

import unicodedata
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from rest_framework import serializers

from . import fields

if TYPE_CHECKING:
    from .serializers import DocumentSerializer, Input

Check = Callable[[Any, "Input"], Any]


class NotPlain(Exception):
    """This body is for the serializer."""


class PlainReader:
    """Reads bodies for the class of `serializer`."""

    def __init__(self, serializer: "DocumentSerializer") -> None:
        writable = {n: f for n, f in serializer.fields.items() if not f.read_only}
        self.names = frozenset(serializer.fields)
        self.checks = [(name, check_of(field), field.required) for name, field in writable.items()]
        self.rules = [(name, rule) for name, rule in serializer.rules.items() if name in writable]
        self.complete = serializer.complete

    def read(self, body: Any, source: "Input") -> dict[str, Any]:
        """What the serializer would return. Raises NotPlain or ValidationError."""
        if type(body) is not dict:
            raise NotPlain
        values = {}
        for name, check, is_required in self.checks:
            if name in body:
                values[name] = check(body[name], source)
            elif is_required and not source.partial:
                raise NotPlain
        if len(values) < len(body) and not body.keys() <= self.names:
            raise NotPlain
        for name, rule in self.rules:
            if name in values:
                values[name] = rule(values[name], source)
        return self.complete(values)


def check_of(field: serializers.Field) -> Check:
    """A function that returns the valid value or raises."""
    match field:
        case serializers.ListSerializer():
            return _list(field)
        case fields.IntegerField() if _is_bounded(field):
            return _integer(field)
        case fields.NumberField() if _is_bounded(field):
            return _number(field)
        case fields.ObjectIdField() if not (field.validators or field.allow_null):
            return lambda value, _: field.to_internal_value(value)
        case fields.TextField() if type(field) is fields.TextField and _has_only_a_length(field):
            return _text(field)
        case _:
            return lambda value, _: field.run_validation(value)


def _is_bounded(field: Any) -> bool:
    return None not in (field.min_value, field.max_value) and not field.allow_null


def _has_only_a_length(field: fields.TextField) -> bool:
    known = {
        "MaxLengthValidator",
        "ProhibitNullCharactersValidator",
        "ProhibitSurrogateCharactersValidator",
    }
    names = {type(validator).__name__ for validator in field.validators}
    return field.max_length is not None and names <= known


def _integer(field: fields.IntegerField) -> Check:
    low, high = field.min_value, field.max_value

    def check(value: Any, _: "Input") -> int:
        if type(value) is int and low <= value <= high:
            return value
        raise NotPlain

    return check


def _number(field: fields.NumberField) -> Check:
    low, high = field.min_value, field.max_value

    def check(value: Any, _: "Input") -> float:
        if type(value) in (int, float) and low <= value <= high:
            return float(value) + 0.0
        raise NotPlain

    return check


def _text(field: fields.TextField) -> Check:
    longest, nullable = field.max_length, field.allow_null

    def check(value: Any, _: "Input") -> str | None:
        if value is None and nullable:
            return None
        if type(value) is not str or not 0 < len(value) <= longest or not value.isprintable():
            raise NotPlain
        if value[0] == " " or value[-1] == " " or not unicodedata.is_normalized("NFC", value):
            raise NotPlain
        return value

    return check


def _list(field: serializers.ListSerializer) -> Check:
    reader = PlainReader(field.child)
    shortest, longest = field.min_length or 0, field.max_length

    def check(value: Any, source: "Input") -> list[dict[str, Any]]:
        if type(value) is not list or not shortest <= len(value) <= longest:
            raise NotPlain
        whole = source.of_whole_items()
        return [reader.read(item, whole) for item in value]

    return check
