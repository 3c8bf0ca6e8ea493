"""Serializers of stored documents: snake_case fields, camelCase JSON.

The stored names are the JSON names, so validated input turns into a document by the fields'
columns alone, and a stored document into an answer by taking the public names out of it.
"""

from functools import cache
from itertools import islice

import bson
import orjson
from bson.raw_bson import RawBSONDocument
from django.db import models
from django_mongodb_backend import fields as mongo_fields
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from . import fields
from .plain import NotPlain, PlainReader
from .problems import MAX_ERRORS
from .ready import ReadyAnswers
from .renderers import dump_json

ready_answers = ReadyAnswers(2 * 2**20)


@cache
def camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


class StrictKeys:
    """Refuses unknown keys by name; read-only ones may be sent back and change nothing."""

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

    def _key_errors(self, data) -> dict:
        """Keys that there are not, and in an array's entry those that are missing.

        PATCH may leave out a document's fields, but never half of an entry: DRF would let it.
        """
        unknown = islice((key for key in data if key not in self.fields), MAX_ERRORS)
        missing = [key for key, field in self.fields.items() if field.required and key not in data]
        return {
            **{key: [self._error("unknown")] for key in unknown},
            **{key: [self._error("required")] for key in missing if self.parent is not None},
        }

    def _error(self, code):
        return ErrorDetail(self.error_messages[code], code)


class StrictSerializer(StrictKeys, serializers.Serializer):
    """Input that isn't a document. Declare its fields by their JSON names."""


class DocumentSerializer(StrictKeys, serializers.ModelSerializer):
    """A ModelSerializer whose JSON is the stored document.

    `Meta.fields` lists snake_case model fields; each becomes its camelCase key.
    """

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

    @classmethod
    @cache
    def plain_reader(cls) -> PlainReader:
        return PlainReader(cls())

    def run_validation(self, data=serializers.empty):
        if self.parent is None:
            try:
                return self.plain_reader().read(self, data, self.partial)
            except (NotPlain, serializers.ValidationError):
                pass  # Once more, for all that is wrong.
        return super().run_validation(data)

    def set_value(self, dictionary, keys, value):
        """What was validated is kept under the stored names."""
        dictionary[camel(keys[0])] = value

    def get_fields(self):
        return {camel(name): _sourced(name, field) for name, field in super().get_fields().items()}

    def build_standard_field(self, field_name, model_field):
        if isinstance(model_field, mongo_fields.ArrayField):
            return self._build_list_field(field_name, model_field)
        field_class, kwargs = super().build_standard_field(field_name, model_field)
        # A digit-only primary key would get bounds that ids don't have.
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

    def to_document(self) -> dict:
        """What was validated. Where the whole document was sent (not a PATCH), what it left out
        is at its default."""
        return self.validated_data if self.partial else {**self.defaults(), **self.validated_data}

    @classmethod
    @cache
    def defaults(cls) -> dict:
        model_fields = {
            field.field_name: cls.Meta.model._meta.get_field(field.source)
            for field in cls()._writable_fields
            if not field.required
        }
        return {name: field.get_default() for name, field in model_fields.items()}

    @classmethod
    @cache
    def public_fields(cls) -> tuple[tuple[str, object], ...]:
        """JSON names in order, each with what stands for it where a document lacks it."""
        return tuple((camel(name), cls._unset(name)) for name in cls.Meta.fields)

    @classmethod
    def _unset(cls, name):
        model_field = cls.Meta.model._meta.get_field(name)
        if isinstance(model_field, models.DateTimeField) or not model_field.has_default():
            return None
        return model_field.get_default()

    @classmethod
    def answer(cls, document: dict) -> dict:
        """The stored document as clients see it: the public names and no others."""
        return {"id": document["_id"]} | {
            name: document.get(name, unset) for name, unset in cls.public_fields()[1:]
        }

    @classmethod
    def json_answer(cls, document: RawBSONDocument) -> orjson.Fragment:
        """The JSON of `answer`: made once, for the same stored bytes have the same answer."""
        stored = document.raw
        made = ready_answers.get(
            (cls, stored),
            lambda: dump_json(cls.answer(bson.decode(stored))),
            size=lambda made: len(stored) + len(made),
        )
        return orjson.Fragment(made)


class ChosenId(serializers.Serializer):
    """Of a POST whose client may choose the id: a mixin before the document's serializer."""

    id = fields.ObjectIdField(required=False, help_text="Made by the server unless chosen.")

    def to_document(self) -> dict:
        document = super().to_document()
        chosen = document.pop("id", None)
        return document if chosen is None else {"_id": chosen, **document}


def _sourced(name, field):
    if name != camel(name):
        field.source = name
    return field
