"""Serializers of stored documents: snake_case fields, camelCase JSON.

The stored names are the JSON names. Validated input therefore becomes a document by the fields'
columns alone, and a stored document becomes a response by taking the public names out of it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice
from typing import Any, ClassVar

import bson
import orjson
from bson.raw_bson import RawBSONDocument
from django.db import models
from django_mongodb_backend import fields as mongo_fields
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from fitness_project.documents.collection import Document
from fitness_project.documents.ready import ReadyResponses

from . import fields
from .http.json import dump_json
from .plain import NotPlain, PlainReader
from .problems.responses import MAX_ERRORS

ready_responses: ReadyResponses[bytes] = ReadyResponses(2 * 2**20)


@cache
def camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


@dataclass(frozen=True)
class Input:
    """A body to be read, and what it is read for.

    `stored` is the document that the body changes, or None if it makes a new one. A `partial` body
    (of a PATCH) may leave out fields.
    """

    body: Any
    user: Any = None
    stored: Document | None = None
    partial: bool = False

    def of_whole_items(self) -> "Input":
        """For the items of an array, which are whole even in a PATCH."""
        return replace(self, partial=False) if self.partial else self


Rule = Callable[[Any, Input], Any]


class StrictKeys:
    """Rejects unknown keys by name. Read-only ones may be sent back and change nothing."""

    default_error_messages = {
        "unknown": "There is no such field.",
        "required": serializers.Field.default_error_messages["required"],
    }

    def to_internal_value(self, data):
        errors = self._key_errors(data) if isinstance(data, dict) else {}
        try:
            values = super().to_internal_value(data)
        except serializers.ValidationError as error:
            raise serializers.ValidationError({**error.detail, **errors}) from None
        if errors:
            raise serializers.ValidationError(errors)
        return values

    def _key_errors(self, data: Mapping[str, Any]) -> dict[str, list[ErrorDetail]]:
        """Unknown keys, and in an array's item also missing ones.

        PATCH may leave out a document's fields, but never half of an item: DRF would allow that.
        """
        unknown = islice((key for key in data if key not in self.fields), MAX_ERRORS)
        missing = [key for key, field in self.fields.items() if field.required and key not in data]
        return {
            **{key: [self._error("unknown")] for key in unknown},
            **{key: [self._error("required")] for key in missing if self.parent is not None},
        }

    def _error(self, code: str) -> ErrorDetail:
        return ErrorDetail(self.error_messages[code], code)


class StrictSerializer(StrictKeys, serializers.Serializer):
    """Input that isn't a document. Declare its fields by their JSON names."""


class DocumentSerializer(StrictKeys, serializers.ModelSerializer):
    """A ModelSerializer whose JSON is the stored document.

    `Meta.fields` lists snake_case model fields; each becomes its camelCase key. `rules` has, by
    JSON name, what a value must satisfy beyond its field: a function of the value and the Input
    that returns the value to store or raises ValidationError.
    """

    rules: ClassVar[dict[str, Rule]] = {}

    serializer_choice_field = fields.ChoiceField
    serializer_field_mapping = {
        **serializers.ModelSerializer.serializer_field_mapping,
        models.CharField: fields.TextField,
        models.TextField: fields.TextField,
        models.EmailField: fields.EmailField,
        models.IntegerField: fields.IntegerField,
        models.FloatField: fields.NumberField,
        models.BooleanField: fields.BooleanField,
        models.DateTimeField: fields.InstantField,
        mongo_fields.ObjectIdField: fields.ObjectIdField,
        mongo_fields.ObjectIdAutoField: fields.ObjectIdField,
    }

    # From a body to a document

    @classmethod
    def read(cls, source: Input) -> Document:
        """The valid document (of a partial body: the part that was sent).

        What a whole body leaves out is at its default. Raises ValidationError.
        """
        try:
            values = cls.plain_reader().read(source.body, source)
        except (NotPlain, serializers.ValidationError):
            values = cls._read_by_serializer(source)  # For everything that is wrong.
        return values if source.partial else {**cls.defaults(), **values}

    @classmethod
    def _read_by_serializer(cls, source: Input) -> Document:
        serializer = cls(data=source.body, partial=source.partial, context={"source": source})
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data

    @classmethod
    @cache
    def plain_reader(cls) -> PlainReader:
        return PlainReader(cls())

    @classmethod
    def complete(cls, values: Document) -> Document:
        """What follows from the valid values of a whole object, or from several of them together.

        Raises ValidationError.
        """
        return values

    def validate(self, attrs: Document) -> Document:
        return self.complete(attrs)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """DRF looks for a rule as the method `validate_<name>`."""
        super().__init_subclass__(**kwargs)
        for name, rule in cls.rules.items():
            setattr(cls, f"validate_{name}", _as_method(rule))

    def set_value(self, dictionary: Document, keys: list[str], value: Any) -> None:
        """Validated values are kept under the stored names."""
        dictionary[camel(keys[0])] = value

    @classmethod
    @cache
    def defaults(cls) -> Document:
        model_fields = {
            field.field_name: cls.Meta.model._meta.get_field(field.source)
            for field in cls()._writable_fields
            if not field.required
        }
        return {name: field.get_default() for name, field in model_fields.items()}

    # Fields from the model

    def get_fields(self):
        return {camel(name): _sourced(name, field) for name, field in super().get_fields().items()}

    def build_standard_field(self, field_name, model_field):
        if isinstance(model_field, mongo_fields.ArrayField):
            return self._build_list_field(field_name, model_field)
        field_class, kwargs = super().build_standard_field(field_name, model_field)
        # DRF would give a primary key bounds that only numbers have.
        if field_class is fields.ObjectIdField:
            kwargs = {
                k: v for k, v in kwargs.items() if k in ("read_only", "required", "allow_null")
            }
        return field_class, kwargs

    def _build_list_field(self, field_name, model_field):
        child_class, child_kwargs = super().build_standard_field(field_name, model_field.base_field)
        child_kwargs.pop("required", None)
        return serializers.ListField, {
            "child": child_class(**child_kwargs),
            "required": False,
            "max_length": model_field.max_size,
        }

    # From a document to a response

    @classmethod
    def response(cls, document: Mapping[str, Any]) -> dict[str, Any]:
        """The stored document as clients see it: the public names and no others."""
        return {"id": document["_id"]} | {
            name: document.get(name, unset) for name, unset in cls.public_fields()[1:]
        }

    @classmethod
    def ready_response(cls, document: RawBSONDocument) -> orjson.Fragment:
        """The JSON of `response`, made once: the same stored bytes have the same response."""
        stored = document.raw
        made = ready_responses.get(
            (cls, stored),
            lambda: dump_json(cls.response(bson.decode(stored))),
            size=lambda made: len(stored) + len(made),
        )
        return orjson.Fragment(made)

    @classmethod
    @cache
    def public_fields(cls) -> tuple[tuple[str, Any], ...]:
        """JSON names in order, each with its value where a document lacks it."""
        return tuple((camel(name), cls._unset(name)) for name in cls.Meta.fields)

    @classmethod
    def _unset(cls, name: str) -> Any:
        model_field = cls.Meta.model._meta.get_field(name)
        if isinstance(model_field, models.DateTimeField) or not model_field.has_default():
            return None
        return model_field.get_default()


class ChosenId(serializers.Serializer):
    """A mixin for the serializer of a POST whose client may choose the id."""

    id = fields.ObjectIdField(required=False, help_text="Made by the server unless chosen.")

    @classmethod
    def read(cls, source: Input) -> Document:
        document = super().read(source)
        chosen = document.pop("id", None)
        return document if chosen is None else {"_id": chosen, **document}


def serializer_of(response: Callable[..., Any]) -> type[DocumentSerializer]:
    """The class whose `response` this is."""
    return response.__self__


def _as_method(rule: Rule) -> Callable[[DocumentSerializer, Any], Any]:
    return lambda serializer, value: rule(value, serializer.context["source"])


def _sourced(name: str, field: serializers.Field) -> serializers.Field:
    if name != camel(name):
        field.source = name
    return field
