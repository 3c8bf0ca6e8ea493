"""Validates the values of a file, and spells them as the catalogue does."""

from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from fitness_project.api.input import Input
from fitness_project.api.plain import NotPlain, check_of
from fitness_project.api.problems.responses import Detail, flatten
from fitness_project.api.serializers import camel
from fitness_project.documents.collection import Document

from ..audit import log
from ..curating.values import FACETS, in_use
from ..serializers import ExerciseSerializer

FACET_OF = {camel(name): facet for name, facet in FACETS.items()}


class ValueReader:
    """Reads single fields, as the API does. Creating a serializer for each row takes too long."""

    def __init__(self) -> None:
        fields = ExerciseSerializer().fields
        self._fields = {name: field for name, field in fields.items() if not field.read_only}
        self._checks = {name: check_of(field) for name, field in self._fields.items()}
        self.defaults = ExerciseSerializer.defaults()

    def read(self, fields: Document) -> Document:
        """The valid values. Null empties a field. Raises ValidationError about all of them."""
        values: Document = {}
        errors: dict[str, Any] = {}
        for name, value in fields.items():
            try:
                values[name] = self._value(name, value)
            except ValidationError as error:
                errors[name] = error.detail
        if errors:
            raise ValidationError(errors)
        return values

    def _value(self, name: str, value: Any) -> Any:
        field: serializers.Field = self._fields[name]
        if value is None and not field.required:
            return log.CONTENT[name]
        try:
            return self._checks[name](value, Input({}))
        except NotPlain:
            return field.run_validation(value)


class Spelling:
    """Spells categories, equipment, levels and muscles as the catalogue does, whatever their case.

    Those that are new are spelled as the file does first.
    """

    def __init__(self) -> None:
        self._known = {facet: in_use(facet) for facet in set(FACET_OF.values())}

    def of(self, values: Document) -> Document:
        return {name: self._spelled(name, value) for name, value in values.items()}

    def _spelled(self, name: str, value: Any) -> Any:
        if name not in FACET_OF or not value:
            return value
        known = self._known[FACET_OF[name]]
        texts = value if isinstance(value, list) else [value]
        spelled = [known.setdefault(text.casefold(), text) for text in texts]
        return list(dict.fromkeys(spelled)) if isinstance(value, list) else spelled[0]


def reason_of(detail: Detail) -> str:
    return " ".join(f"{pointer.lstrip('/')}: {error}" for pointer, error in flatten(detail, ""))
