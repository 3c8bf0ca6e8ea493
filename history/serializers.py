from collections import defaultdict, deque

from bson import ObjectId
from rest_framework import serializers

from exercises.serializers import ExerciseReferenceSerializer, entries
from fitness_project.api.fields import ObjectIdField, PastInstantField, QueryInstantField
from fitness_project.api.query import QuerySerializer
from fitness_project.api.serializers import ChosenId, DocumentSerializer, Input
from fitness_project.documents.collection import Document
from routines.models import Routine

from .models import Session, SessionEntry


class SessionEntrySerializer(ExerciseReferenceSerializer):
    class Meta(ExerciseReferenceSerializer.Meta):
        model = SessionEntry


def keep_recorded_names(entries: list[Document], source: Input) -> list[Document]:
    """What was recorded keeps the name that was true on the day, and what is added gets the current
    one. An entry that was sent back is known by its name."""
    stored = (source.stored or {}).get("exercises") or ()
    recorded = [(entry["exerciseId"], entry["name"]) for entry in stored if "name" in entry]
    if not recorded:
        return entries
    others = []
    for entry, sent in zip(entries, source.body["exercises"], strict=True):
        known = entry["exerciseId"], sent.get("name")
        if known in recorded:
            recorded.remove(known)
            entry["name"] = sent["name"]
        else:
            others.append(entry)
    names = defaultdict(deque)
    for exercise_id, name in recorded:
        names[exercise_id].append(name)
    for entry in others:
        if left := names[entry["exerciseId"]]:
            entry["name"] = left.popleft()
    return entries


def refuse_foreign_routine(routine_id: ObjectId | None, source: Input) -> ObjectId | None:
    """The routine must be the user's own, or the one that the session has. Either may be deleted
    by now: the session may have been recorded earlier, on a device that was offline."""
    if routine_id is None or routine_id == (source.stored or {}).get("routineId"):
        return routine_id
    if not Routine.objects.visible_to(source.user).ever_held(routine_id):
        raise serializers.ValidationError("No routine of yours has this id.", "does_not_exist")
    return routine_id


class SessionSerializer(DocumentSerializer):
    """A training session."""

    date = PastInstantField()
    exercises = entries(SessionEntrySerializer)
    rules = {"exercises": keep_recorded_names, "routineId": refuse_foreign_routine}

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
