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
from dataclasses import replace
from typing import Any, ClassVar, Protocol, runtime_checkable

from django.core.validators import MaxLengthValidator, ProhibitNullCharactersValidator
from rest_framework import serializers
from rest_framework.validators import ProhibitSurrogateCharactersValidator

from fitness_project.documents.collection import Document

from . import fields
from .input import Input, Rule
from .text import is_invisible

Check = Callable[[Any, Input], Any]

TEXTS = (fields.TextField, fields.NameField)
# The validators of texts that only have a maximum length.
KNOWN = {
    MaxLengthValidator,
    ProhibitNullCharactersValidator,
    ProhibitSurrogateCharactersValidator,
}


class NotPlain(Exception):
    """The serializer must read this body."""


@runtime_checkable
class Definition(Protocol):
    """What a PlainReader takes from a serializer."""

    rules: ClassVar[dict[str, Rule]]

    @property
    def fields(self) -> Mapping[str, serializers.Field]: ...

    def validate(self, attrs: Document) -> Document: ...


class PlainReader:
    """Reads bodies for the class of `serializer`."""

    def __init__(self, serializer: Definition) -> None:
        writable = {n: f for n, f in serializer.fields.items() if not f.read_only}
        self.names = frozenset(serializer.fields)
        self.checks = [(name, check_of(field), field.required) for name, field in writable.items()]
        self.rules = [(name, rule) for name, rule in serializer.rules.items() if name in writable]
        self.validate = serializer.validate

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
        return self.validate(values)


def check_of(field: serializers.Field) -> Check:
    """Returns a function that returns the valid value, or raises NotPlain or ValidationError."""
    is_text = type(field) in TEXTS and KNOWN.issuperset(map(type, field.validators))
    match field:
        case serializers.ListSerializer(child=Definition() as item):
            return _list(field, item)
        case fields.IntegerField(min_value=int(low), max_value=int(high), allow_null=False):
            return _number(low, high, 0, (int,))
        case fields.NumberField(
            min_value=int() | float() as low, max_value=int() | float() as high, allow_null=False
        ):
            return _number(low, high, 0.0, (int, float))
        case fields.ObjectIdField(allow_null=False) if not field.validators:
            return lambda value, _: field.to_internal_value(value)
        case fields.TextField(max_length=int(longest)) if is_text:
            return _text(longest, field.allow_null, isinstance(field, fields.NameField))
        case _:
            return lambda value, _: field.run_validation(value)


def _number(low: float, high: float, zero: float, types: tuple[type, ...]) -> Check:
    def check(value: Any, _: Input) -> float:
        if type(value) in types and low <= value <= high:
            return value + zero  # Adding 0.0 makes an integer a float, and -0.0 positive.
        raise NotPlain

    return check


def _text(longest: int, nullable: bool, is_name: bool) -> Check:
    def check(value: Any, _: Input) -> str | None:
        if value is None and nullable:
            return None
        if type(value) is not str or not 0 < len(value) <= longest:
            raise NotPlain
        if not (value if is_name else value.replace("\n", "")).isprintable():
            raise NotPlain
        if value[0] in " \n" or value[-1] in " \n":
            raise NotPlain
        if not unicodedata.is_normalized("NFC", value):
            raise NotPlain
        if is_name and not value.isascii() and is_invisible(value):
            raise NotPlain
        return value

    return check


def _list(field: Any, item: Definition) -> Check:  # The stubs of ListSerializer have no lengths.
    reader = PlainReader(item)
    shortest, longest = field.min_length or 0, field.max_length

    def check(value: Any, source: Input) -> list[Document]:
        if type(value) is not list or not shortest <= len(value) <= longest:
            raise NotPlain
        # Items must be complete even in a PATCH.
        whole = replace(source, partial=False) if source.partial else source
        return [reader.read(each, whole) for each in value]

    return check
