from rest_framework.exceptions import ErrorDetail, ValidationError

from exercises.catalogue import catalogue
from exercises.serializers import ExerciseReferenceSerializer, entries
from fitness_project.api.fields import TextField
from fitness_project.api.query import QuerySerializer
from fitness_project.api.serializers import ChosenId, DocumentSerializer, Input
from fitness_project.documents.collection import Document

from .models import Routine, RoutineEntry


class RoutineEntrySerializer(ExerciseReferenceSerializer):
    class Meta(ExerciseReferenceSerializer.Meta):
        model = RoutineEntry


def refuse_added_archived(entries: list[Document], source: Input) -> list[Document]:
    """An archived exercise stays in the routine that has it, and is added to none."""
    archived = [
        index
        for index, entry in enumerate(entries)
        if (catalogue.find(entry["exerciseId"]) or {}).get("isArchived")
    ]
    stored = (source.stored or {}).get("exercises") or ()
    kept = {entry["exerciseId"] for entry in stored}
    refused = [index for index in archived if entries[index]["exerciseId"] not in kept]
    if refused:
        error = ErrorDetail("This exercise is archived.", "archived")
        raise ValidationError({index: {"exerciseId": [error]} for index in refused})
    return entries


class RoutineSerializer(DocumentSerializer):
    """A routine."""

    exercises = entries(RoutineEntrySerializer)
    rules = {"exercises": refuse_added_archived}

    class Meta:
        model = Routine
        fields = ("id", "name", "exercises", "notes", "created_at", "updated_at")
        read_only_fields = ("created_at", "updated_at")


class NewRoutineSerializer(ChosenId, RoutineSerializer):
    pass


class RoutineQuery(QuerySerializer):
    search = TextField(
        required=False, allow_blank=True, max_length=120, help_text="Words of the name."
    )
