from bson import ObjectId
from rest_framework.exceptions import ErrorDetail, ValidationError

from exercises.catalogue import catalogue
from exercises.models import EntryDocument
from exercises.serializers import ExerciseReferenceSerializer, entries
from fitness_project.api.fields import TextField
from fitness_project.api.query import QuerySerializer
from fitness_project.api.serializers import ChosenId, DocumentSerializer, Input

from .models import Routine, RoutineEntry


class RoutineEntrySerializer(ExerciseReferenceSerializer):
    class Meta(ExerciseReferenceSerializer.Meta):
        model = RoutineEntry


def refuse_added_archived(entries: list[EntryDocument], source: Input) -> list[EntryDocument]:
    """A routine may keep an archived exercise that it already has, but not add one."""
    stored = (source.stored or {}).get("exercises") or ()
    kept = {entry["exerciseId"] for entry in stored}
    refused = [
        index
        for index, entry in enumerate(entries)
        if entry["exerciseId"] not in kept and _is_archived(entry["exerciseId"])
    ]
    if refused:
        error = ErrorDetail("This exercise is archived. Choose another one.", "archived")
        raise ValidationError({str(index): {"exerciseId": [error]} for index in refused})
    return entries


def _is_archived(exercise_id: ObjectId) -> bool:
    exercise = catalogue.find(exercise_id)
    return exercise is not None and exercise.get("isArchived", False)


class RoutineSerializer(DocumentSerializer):
    """A training plan: exercises in the order in which the user does them."""

    exercises = entries(RoutineEntrySerializer)
    rules = {"exercises": refuse_added_archived}

    class Meta:
        model = Routine
        fields = ("id", "name", "exercises", "notes", "created_at", "updated_at")
        read_only_fields = ("created_at", "updated_at")


class NewRoutineSerializer(ChosenId, RoutineSerializer):
    """A new routine, whose id the client may choose."""


class RoutineQuery(QuerySerializer):
    search = TextField(
        required=False,
        allow_blank=True,
        max_length=120,
        help_text="Words that the name must contain.",
    )
