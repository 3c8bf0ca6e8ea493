from collections import defaultdict, deque

from rest_framework import serializers

from exercises.serializers import ExerciseReferenceSerializer, entries
from fitness_project.api.fields import ObjectIdField, PastInstantField, QueryInstantField
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
        too, gets the present one. An entry that was sent back is known by its name."""
        stored = self.stored.get("exercises") or ()
        recorded = [(entry["exerciseId"], entry["name"]) for entry in stored if "name" in entry]
        if not recorded:
            return exercises
        others = []
        for entry, sent in zip(exercises, self.initial_data["exercises"], strict=True):
            known = entry["exerciseId"], sent.get("name")
            if known in recorded:
                recorded.remove(known)
                entry["name"] = sent["name"]
            else:
                others.append(entry)
        names = defaultdict(deque)
        for id, name in recorded:
            names[id].append(name)
        for entry in others:
            if left := names[entry["exerciseId"]]:
                entry["name"] = left.popleft()
        return exercises

    def validate_routineId(self, id):  # noqa: N802 - the field's name
        """One of the user's own routines, or the one the session has, even if that is gone: the
        session may have been recorded before, on a device that was offline."""
        if id is None or id == self.stored.get("routineId"):
            return id
        if not Routine.objects.visible_to(self.context["request"].user).ever_held(id):
            raise serializers.ValidationError("No routine of yours has this id.", "does_not_exist")
        return id


class NewSessionSerializer(ChosenId, SessionSerializer):
    pass


class SessionQuery(QuerySerializer):
    exerciseId = ObjectIdField(required=False)  # noqa: N815 - the parameter's name
    routineId = ObjectIdField(required=False)  # noqa: N815

    def get_fields(self):
        return {
            "from": QueryInstantField(required=False, help_text="from ≤ date"),
            "to": QueryInstantField(required=False, help_text="date < to"),
            **super().get_fields(),
        }
