"""Reads well-formed bodies in a few steps a field.

Serializers are made to say what is wrong, and building one costs more than a whole request should.
Nearly all bodies are right, so a reader is made once from each serializer's own fields and asked
first: what it takes, it takes exactly as the serializer would. Anything else (a wrong type, a
string to be trimmed, an unknown key) it leaves to the serializer, which then says what is wrong.
There is one set of rules, the serializer's; a property test holds that both agree.
"""

import unicodedata
from collections.abc import Callable

from rest_framework import serializers

from . import fields


class NotPlain(Exception):
    """Not for this reader: ask the serializer."""


class PlainReader:
    """For one serializer class, of which `serializer` is any instance."""

    def __init__(self, serializer):
        writable = {n: f for n, f in serializer.fields.items() if not f.read_only}
        self.names = frozenset(serializer.fields)
        self.checks = [(name, check_of(field), field.required) for name, field in writable.items()]
        self.hooks = [name for name in writable if hasattr(serializer, f"validate_{name}")]

    def read(self, serializer, data, partial=False) -> dict:
        """What the serializer's run_validation would answer. Raises NotPlain."""
        if type(data) is not dict:
            raise NotPlain
        values = {}
        for name, check, is_required in self.checks:
            if name in data:
                values[name] = check(data[name])
            elif is_required and not partial:
                raise NotPlain
        if len(values) < len(data) and not data.keys() <= self.names:
            raise NotPlain
        for name in self.hooks:
            if name in values:
                values[name] = getattr(serializer, f"validate_{name}")(values[name])
        return serializer.validate(values)


def check_of(field) -> Callable:
    """A function that answers the valid value or raises."""
    match field:
        case serializers.ListSerializer():
            return _list(field)
        case fields.IntegerField() if _is_bounded(field):
            return _integer(field)
        case fields.NumberField() if _is_bounded(field):
            return _number(field)
        case fields.ObjectIdField() if not (field.validators or field.allow_null):
            return field.to_internal_value
        case fields.TextField() if type(field) is fields.TextField and _has_only_a_length(field):
            return _text(field)
        case _:
            return field.run_validation


def _is_bounded(field) -> bool:
    return None not in (field.min_value, field.max_value) and not field.allow_null


def _has_only_a_length(field) -> bool:
    known = ("MaxLengthValidator", "ProhibitNullCharactersValidator")
    known += ("ProhibitSurrogateCharactersValidator",)
    names = {type(validator).__name__ for validator in field.validators}
    return field.max_length is not None and names <= set(known)


def _integer(field):
    low, high = field.min_value, field.max_value

    def check(value):
        if type(value) is int and low <= value <= high:
            return value
        raise NotPlain

    return check


def _number(field):
    low, high = field.min_value, field.max_value

    def check(value):
        if type(value) in (int, float) and low <= value <= high:
            return float(value) + 0.0
        raise NotPlain

    return check


def _text(field):
    longest, nullable = field.max_length, field.allow_null

    def check(value):
        if value is None and nullable:
            return None
        if type(value) is not str or not 0 < len(value) <= longest or not value.isprintable():
            raise NotPlain
        if value[0] == " " or value[-1] == " " or not unicodedata.is_normalized("NFC", value):
            raise NotPlain
        return value

    return check


def _list(field):
    reader, child = PlainReader(field.child), field.child
    shortest, longest = field.min_length or 0, field.max_length

    def check(value):
        if type(value) is not list or not shortest <= len(value) <= longest:
            raise NotPlain
        return [reader.read(child, item) for item in value]

    return check
