"""Serializers of stored documents: snake_case fields, camelCase JSON.

The stored names are the JSON names. So validated input is already the document to store, and a
response is the stored document without the names that aren't public.
"""

from collections.abc import Callable, Mapping, MutableMapping, Sequence
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
from .input import Input, Rule
from .plain import NotPlain, PlainReader
from .problems.responses import MAX_ERRORS
from .sameness import is_same

FieldClass = tuple[type[serializers.Field], dict[str, Any]]
"""The class of a serializer field, and the arguments to create one."""

ready_responses: ReadyResponses[bytes] = ReadyResponses(2 * 2**20)


@cache
def camel(name: str) -> str:
    """The JSON name of a snake_case field."""
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


class StrictSerializer(serializers.Serializer):
    """Refuses unknown keys by name. Read-only ones may be sent back, and are ignored.

    Input that isn't a document derives from this class, and declares its fields by their JSON
    names.

    `further_codes` says, by pointer, which error codes fields can have besides those that their own
    classes give, for the schema.
    """

    further_codes: ClassVar[Mapping[str, Sequence[str]]] = {}

    default_error_messages = {
        "invalid": "Expected an object.",
        "unknown": "There is no field with this name.",
        "required": serializers.Field.default_error_messages["required"],
    }

    def to_internal_value(self, data: Any) -> Document:
        errors: Any = self._key_errors(data) if isinstance(data, dict) else {}
        try:
            values: Document = super().to_internal_value(data)
        except serializers.ValidationError as error:
            errors = {**serializers.as_serializer_error(error), **errors}
        if errors:
            raise serializers.ValidationError(errors)
        return values

    def _key_errors(self, data: Mapping[str, Any]) -> dict[str, list[ErrorDetail]]:
        """Finds unknown keys and, in an array's item, missing ones.

        A PATCH may omit fields of the document, but not of an item. DRF would allow both.
        """
        unknown = islice((key for key in data if key not in self.fields), MAX_ERRORS)
        missing = [key for key, field in self.fields.items() if field.required and key not in data]
        return {
            **{key: [self._error("unknown")] for key in unknown},
            **{key: [self._error("required")] for key in missing if self.parent is not None},
        }

    def _error(self, code: str) -> ErrorDetail:
        return ErrorDetail(str(self.error_messages[code]), code)


class DocumentSerializer(StrictSerializer, serializers.ModelSerializer[models.Model]):
    """A ModelSerializer whose JSON is the stored document.

    `Meta.fields` lists snake_case model fields, each of which becomes a camelCase key. `rules` maps
    JSON names to the rules that a value must satisfy after its field's own validation.

    Pages show `columns` of each document in a table; the first one says which document it is.
    `kind` is the basename of the routes that lead to one, if there are any.
    """

    rules: ClassVar[dict[str, Rule]] = {}
    columns: ClassVar[tuple[str, ...]] = ()
    kind: ClassVar[str] = ""

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
        """Returns the valid document, or the part of it that a partial body has.

        Fields that a whole body omits get their defaults. Raises ValidationError.
        """
        try:
            values = cls.plain_reader().read(source.body, source)
        except (NotPlain, serializers.ValidationError):
            values = cls._read_by_serializer(source)  # It raises all errors at once.
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

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Adds the rules as methods `validate_<name>`, which DRF calls."""
        super().__init_subclass__(**kwargs)
        for name, rule in cls.rules.items():
            setattr(
                cls,
                f"validate_{name}",
                lambda self, value, rule=rule: rule(value, self.context["source"]),
            )

    def set_value(
        self, dictionary: MutableMapping[str, Any], keys: Sequence[str], value: Any
    ) -> None:
        """Puts a validated value under its stored name."""
        dictionary[camel(keys[0])] = value

    @classmethod
    @cache
    def defaults(cls) -> Document:
        """The values of fields that a whole body may omit, by JSON name."""
        optional = [field for field in cls()._writable_fields if not field.required]
        return {str(field.field_name): cls._default(str(field.source)) for field in optional}

    @classmethod
    def changes_nothing(cls, stored: Mapping[str, Any], changes: Document) -> bool:
        """Whether the stored document already has these values."""
        unset = dict(cls.public_fields())
        return all(
            is_same(stored.get(name, unset.get(name)), value) for name, value in changes.items()
        )

    # Fields from the model

    def get_fields(self) -> dict[str, serializers.Field]:
        return {camel(name): _sourced(name, field) for name, field in super().get_fields().items()}

    def build_standard_field(self, field_name: str, model_field: models.Field) -> FieldClass:
        if isinstance(model_field, mongo_fields.ArrayField):  # Of strings.
            child = fields.TextField(max_length=model_field.base_field.max_length)
            kwargs = {"child": child, "required": False, "max_length": model_field.max_size}
            return fields.ListField, kwargs
        field_class, kwargs = super().build_standard_field(field_name, model_field)
        if field_name == "name":
            field_class = fields.NameField
        # DRF takes a primary key for a number, and adds bounds.
        if field_class is fields.ObjectIdField:
            kwargs = {
                k: v for k, v in kwargs.items() if k in ("read_only", "required", "allow_null")
            }
        return field_class, kwargs

    # From a document to a response

    @classmethod
    def response(cls, document: Mapping[str, Any]) -> dict[str, Any]:
        """The stored document as clients see it: only its public names."""
        return {"id": document["_id"]} | {
            name: document.get(name, unset) for name, unset in cls.public_fields()[1:]
        }

    @classmethod
    def ready_response(cls, document: Mapping[str, Any]) -> orjson.Fragment | dict[str, Any]:
        """Returns `response`, already as JSON if the document comes undecoded.

        The same stored bytes have the same JSON, so it is created once.
        """
        if not isinstance(document, RawBSONDocument):
            return cls.response(document)
        stored = document.raw
        json = ready_responses.get(
            (cls, stored),
            lambda: dump_json(cls.response(bson.decode(stored))),
            size=lambda json: len(stored) + len(json),
        )
        return orjson.Fragment(json)

    @classmethod
    @cache
    def public_fields(cls) -> tuple[tuple[str, Any], ...]:
        """JSON names in order, each with the value for documents that lack it."""
        return tuple((camel(name), cls._default(name)) for name in cls.Meta.fields)

    @classmethod
    def _default(cls, name: str) -> Any:
        """The value of a field that is left out. A date has none, although the model sets it."""
        model: Any = cls.Meta.model
        model_field = model._meta.get_field(name)
        if isinstance(model_field, models.DateTimeField) or not model_field.has_default():
            return None
        return model_field.get_default()


class ChosenId(DocumentSerializer):
    """A mixin for the serializer of a POST whose client may choose the id."""

    id = fields.ObjectIdField(
        required=False, help_text="Chosen by the client, or else generated by the server."
    )

    @classmethod
    def read(cls, source: Input) -> Document:
        document = super().read(source)
        chosen = document.pop("id")
        return document if chosen is None else {"_id": chosen, **document}


def serializer_of(response: Callable[..., Any]) -> type[DocumentSerializer]:
    """The serializer class that `response` is a method of."""
    return response.__self__  # type: ignore[attr-defined]


def _sourced(name: str, field: serializers.Field) -> serializers.Field:
    if name != camel(name):
        field.source = name
    return field
