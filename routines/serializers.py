from rest_framework.exceptions import ErrorDetail, ValidationError

from exercises.catalogue import catalogue
from exercises.serializers import ExerciseReferenceSerializer, entries
from fitness_project.api.fields import TextField
from fitness_project.api.query import QuerySerializer
from fitness_project.api.serializers import ChosenId, DocumentSerializer

from .models import Routine, RoutineEntry


class RoutineEntrySerializer(ExerciseReferenceSerializer):
    class Meta(ExerciseReferenceSerializer.Meta):
        model = RoutineEntry


class RoutineSerializer(DocumentSerializer):
    exercises = entries(RoutineEntrySerializer)

    class Meta:
        model = Routine
        fields = ("id", "name", "exercises", "notes", "created_at", "updated_at")
        read_only_fields = ("created_at", "updated_at")

    def validate_exercises(self, exercises):
        """An archived exercise stays where it is and is added nowhere."""
        archived = [
            index
            for index, entry in enumerate(exercises)
            if (catalogue.find(entry["exerciseId"]) or {}).get("isArchived")
        ]
        kept = self.context["view"].stored_exercise_ids() if archived else ()
        refused = [index for index in archived if exercises[index]["exerciseId"] not in kept]
        if refused:
            error = ErrorDetail("This exercise is archived.", "archived")
            raise ValidationError({index: {"exerciseId": [error]} for index in refused})
        return exercises


class NewRoutineSerializer(ChosenId, RoutineSerializer):
    pass


class RoutineQuery(QuerySerializer):
    search = TextField(
        required=False, allow_blank=True, max_length=120, help_text="Words of the name."
    )
