from rest_framework.exceptions import ErrorDetail, ValidationError

from exercises.catalogue import catalogue
from exercises.models import EntryDocument
from exercises.serializers import ExerciseReferenceSerializer, entries
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
        if entry["exerciseId"] not in kept
        and (exercise := catalogue.find(entry["exerciseId"]))
        and exercise.get("isArchived")
    ]
    if refused:
        error = ErrorDetail("This exercise is archived. Choose another one.", "archived")
        raise ValidationError({str(index): {"exerciseId": [error]} for index in refused})
    return entries


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
