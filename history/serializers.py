from collections import defaultdict, deque

from rest_framework import serializers

from exercises.serializers import ExerciseReferenceSerializer, entries
from fitness_project.api.fields import InstantField, ObjectIdField, PastInstantField
from fitness_project.api.query import QuerySerializer
from fitness_project.api.serializers import ChosenId, DocumentSerializer
from routines.models import Routine

from .models import Session, SessionEntry


class SessionEntrySerializer(ExerciseReferenceSerializer):
    class Meta(ExerciseReferenceSerializer.Meta):
        model = SessionEntry


class SessionSerializer(DocumentSerializer):
    """A training session."""

    date = PastInstantField()
    exercises = entries(SessionEntrySerializer)

    class Meta:
        model = Session
        fields = (
            "id",
            "date",
            "exercises",
            "routine_id",
            "notes",
            "duration_seconds",
            "created_at",
            "updated_at",
        )
        read_only_fields = ("created_at", "updated_at")

    @property
    def stored(self) -> dict:
        return self.context["view"].stored_session()

    def validate_exercises(self, exercises):
        """What was recorded keeps the name that was true on the day; what is added, once more
        too, gets the present one."""
        names = defaultdict(deque)
        for entry in self.stored.get("exercises", ()):
            names[entry["exerciseId"]].append(entry["name"])
        for entry in exercises:
            if recorded := names.get(entry["exerciseId"]):
                entry["name"] = recorded.popleft()
        return exercises

    def validate_routineId(self, id):  # noqa: N802 - the field's name
        """One of the user's own routines, or the one the session has, even if that is gone."""
        if id is None or id == self.stored.get("routineId"):
            return id
        if not Routine.objects.visible_to(self.context["request"].user).exists(id):
            raise serializers.ValidationError("No routine of yours has this id.", "does_not_exist")
        return id


class NewSessionSerializer(ChosenId, SessionSerializer):
    pass


class SessionQuery(QuerySerializer):
    exerciseId = ObjectIdField(required=False)  # noqa: N815 - the parameter's name
    routineId = ObjectIdField(required=False)  # noqa: N815

    def get_fields(self):
        return {
            "from": InstantField(required=False, help_text="from ≤ date"),
            "to": InstantField(required=False, help_text="date < to"),
            **super().get_fields(),
        }
