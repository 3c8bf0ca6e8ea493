from collections.abc import Collection
from typing import Any

from bson import ObjectId
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from fitness_project.api.fields import (
    ChoiceField,
    ListField,
    NumberField,
    QueryBooleanField,
    ReferenceField,
    TextField,
)
from fitness_project.api.query import QuerySerializer
from fitness_project.api.serializers import DocumentSerializer, StrictSerializer
from fitness_project.documents.collection import Document

from .catalogue import catalogue
from .models import MAX_ENTRIES, MAX_MERGED, MAX_WEIGHT, MIN_WEIGHT, Exercise
from .names import name_key
from .ranking import RANK
from .selection import NAME, Selection

MAX_CHOICES = 20


class ExerciseSerializer(DocumentSerializer):
    """An exercise of the shared catalogue.

    `defaultSets` and `defaultReps` are what clients suggest for a new entry. `gifUrl` is an https
    URL.
    """

    further_codes = {"name": ("unique",)}
    kind = "exercise"
    columns = ("name", "category", "equipment", "level", "primaryMuscles", "secondaryMuscles")

    class Meta:
        model = Exercise
        fields = (
            "id",
            "name",
            "description",
            "gif_url",
            "default_sets",
            "default_reps",
            "category",
            "equipment",
            "level",
            "primary_muscles",
            "secondary_muscles",
            "is_archived",
            "attribution",
            "created_at",
            "updated_at",
        )
        read_only_fields = ("created_at", "updated_at")


class ExerciseReferenceField(ReferenceField):
    """The id of an exercise, whether or not there still is one."""

    to = "exercise"

    def names(self, document_ids: Collection[ObjectId], user: Any) -> dict[ObjectId, str]:
        kept = {each: catalogue.find(catalogue.kept(each)) for each in document_ids}
        return {each: exercise["name"] for each, exercise in kept.items() if exercise}

    def choices(self, text: str, user: Any) -> list[tuple[ObjectId, str]]:
        """Of the archived ones, only that which has this name."""
        found = Selection(search=text).fetch(RANK if text else NAME, limit=MAX_CHOICES)
        named = Selection(search=text, archived=True).fetch(RANK, limit=1) if text else []
        archived = [
            each
            for each in named
            if each.get("isArchived") and name_key(each["name"]) == name_key(text)
        ]
        return [(exercise["_id"], exercise["name"]) for exercise in [*archived, *found]]


class ExerciseIdField(ExerciseReferenceField):
    """The id of an exercise in the catalogue, archived or not.

    That of an exercise that was merged away is read as the id of the one that was kept.
    """

    default_error_messages = {"does_not_exist": "No exercise has this id."}

    def to_internal_value(self, data: Any) -> ObjectId:
        if type(data) is str and (known := catalogue.current().ids.get(data)):
            return known
        exercise_id = catalogue.kept(super().to_internal_value(data))
        if catalogue.find(exercise_id) is None:
            self.fail("does_not_exist")
        return exercise_id


class WeightField(NumberField):
    """Kilograms. Null is 0."""

    def run_validation(self, data: object = serializers.empty) -> Any:
        return super().run_validation(0 if data is None else data)


class ExerciseReferenceSerializer(DocumentSerializer):
    """An entry: an exercise with its sets, its reps and its weight in kilograms.

    `name` is the server's copy of the exercise's name. A name that a client sends is not stored.
    """

    columns = ("exerciseId", "sets", "reps", "weight")

    exercise_id = ExerciseIdField()
    weight = WeightField(
        required=False,
        style={"label": "Weight (kg)", "hint": "Below 0 is assistance. Empty is 0."},
        min_value=MIN_WEIGHT,
        max_value=MAX_WEIGHT,
        help_text="In kilograms. Below 0 is assistance. Null or omitted is 0.",
    )

    class Meta:
        fields = ("exercise_id", "name", "sets", "reps", "weight")
        read_only_fields = ("name",)

    def validate(self, attrs: Document) -> Document:
        exercise = catalogue.find(attrs["exerciseId"])
        if exercise is None:  # It was deleted a moment ago.
            error = ErrorDetail("No exercise has this id.", "does_not_exist")
            raise serializers.ValidationError({"exerciseId": [error]})
        entry = {"exerciseId": attrs["exerciseId"], "name": exercise["name"], **attrs}
        entry.setdefault("weight", 0.0)
        return entry


def entries(
    serializer_class: type[ExerciseReferenceSerializer],
) -> serializers.ListSerializer:
    """The array `exercises` of a routine or a session, which may be empty."""
    return serializers.ListSerializer(
        child=serializer_class(),
        max_length=MAX_ENTRIES,
        error_messages=ListField.default_error_messages,
    )


class SearchQuery(QuerySerializer):
    search = TextField(
        required=False,
        allow_blank=True,
        max_length=120,
        help_text="Parts of the name.",
    )


class ExerciseFilter(QuerySerializer):
    search = TextField(
        required=False,
        allow_blank=True,
        max_length=120,
        help_text="Words of the name, category, equipment or muscles, or how these words begin. "
        "Each may have a typo.",
    )
    category = TextField(required=False, max_length=60)
    equipment = TextField(required=False, max_length=60)
    level = TextField(required=False, max_length=60)
    muscle = TextField(required=False, max_length=60, help_text="A primary or secondary muscle.")
    archived = QueryBooleanField(
        required=False,
        help_text="`true` includes archived exercises.",
        style={"hint": "Shows archived exercises, too."},
    )


class ExerciseQuery(ExerciseFilter):
    ordering = ChoiceField(
        choices=["name", "-name", "createdAt", "-createdAt"],
        required=False,
        help_text="By default, `name` or, with `search`, the best match first.",
    )


class MergeSerializer(StrictSerializer):
    further_codes = {"exerciseIds/*": ("does_not_exist",)}

    exerciseIds = serializers.ListField(  # noqa: N815 - the field's name
        child=ExerciseReferenceField(),
        min_length=1,
        max_length=MAX_MERGED,
        style={"label": "Exercises"},
        help_text="The exercises that are merged into this one.",
    )


class ExportQuery(ExerciseFilter):
    format = ChoiceField(choices=["json", "csv"], help_text="What the file is written in.")


class ValueCountSerializer(serializers.Serializer):
    value = serializers.CharField()
    count = serializers.IntegerField(min_value=1)


class FacetsSerializer(serializers.Serializer):
    category = ValueCountSerializer(many=True)
    equipment = ValueCountSerializer(many=True)
    level = ValueCountSerializer(many=True)
    muscle = ValueCountSerializer(many=True)
