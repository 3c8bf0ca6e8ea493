"""Reads well-formed bodies in a few steps per field.

Serializers are made to explain errors, and constructing one takes longer than a whole request
should. Nearly all bodies are valid. So each serializer class has a PlainReader, which is built once
from the serializer's fields and is tried first. What the reader accepts, it reads exactly as the
serializer would. It leaves everything else (a wrong type, a string to be trimmed, an unknown key)
to the serializer, which then says what is wrong. The serializer's rules remain the only ones, and a
property test checks that reader and serializer agree.
"""

import unicodedata
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Protocol, runtime_checkable

from rest_framework import serializers

from fitness_project.documents.collection import Document

from . import fields
from .input import Input, Rule

Check = Callable[[Any, Input], Any]


class NotPlain(Exception):
    """The serializer must read this body."""


@runtime_checkable
class Definition(Protocol):
    """What a PlainReader takes from a serializer."""

    rules: ClassVar[dict[str, Rule]]

    @property
    def fields(self) -> Mapping[str, serializers.Field]: ...

    def complete(self, values: Document) -> Document: ...


class PlainReader:
    """Reads bodies for the class of `serializer`."""

    def __init__(self, serializer: Definition) -> None:
        writable = {n: f for n, f in serializer.fields.items() if not f.read_only}
        self.names = frozenset(serializer.fields)
        self.checks = [(name, check_of(field), field.required) for name, field in writable.items()]
        self.rules = [(name, rule) for name, rule in serializer.rules.items() if name in writable]
        self.complete = serializer.complete

    def read(self, body: Any, source: Input) -> Document:
        """Returns what the serializer would return. Raises NotPlain or ValidationError."""
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
    """Returns a function that returns the valid value, or raises NotPlain or ValidationError."""
    match field:
        case serializers.ListSerializer(child=Definition() as item):
            return _list(field, item)
        case fields.IntegerField(min_value=int(low), max_value=int(high), allow_null=False):
            return _integer(low, high)
        case fields.NumberField(
            min_value=int() | float() as low, max_value=int() | float() as high, allow_null=False
        ):
            return _number(low, high)
        case fields.ObjectIdField(allow_null=False) if not field.validators:
            return lambda value, _: field.to_internal_value(value)
        case fields.TextField(max_length=int(longest)) if _has_only_a_length(field):
            return _text(longest, field.allow_null)
        case _:
            return lambda value, _: field.run_validation(value)


def _has_only_a_length(field: fields.TextField) -> bool:
    known = {
        "MaxLengthValidator",
        "ProhibitNullCharactersValidator",
        "ProhibitSurrogateCharactersValidator",
    }
    names = {type(validator).__name__ for validator in field.validators}
    return type(field) is fields.TextField and names <= known


def _integer(low: int, high: int) -> Check:
    def check(value: Any, _: Input) -> int:
        if type(value) is int and low <= value <= high:
            return value
        raise NotPlain

    return check


def _number(low: float, high: float) -> Check:
    def check(value: Any, _: Input) -> float:
        if type(value) in (int, float) and low <= value <= high:
            return float(value) + 0.0
        raise NotPlain

    return check


def _text(longest: int, nullable: bool) -> Check:
    def check(value: Any, _: Input) -> str | None:
        if value is None and nullable:
            return None
        if type(value) is not str or not 0 < len(value) <= longest or not value.isprintable():
            raise NotPlain
        if value[0] == " " or value[-1] == " " or not unicodedata.is_normalized("NFC", value):
            raise NotPlain
        return value

    return check


def _list(field: serializers.ListSerializer, item: Definition) -> Check:
    reader = PlainReader(item)
    # The stubs don't have these two.
    shortest: int = field.min_length or 0  # type: ignore[attr-defined]
    longest: int = field.max_length  # type: ignore[attr-defined]

    def check(value: Any, source: Input) -> list[Document]:
        if type(value) is not list or not shortest <= len(value) <= longest:
            raise NotPlain
        whole = source.of_whole_items()
        return [reader.read(each, whole) for each in value]

    return check
