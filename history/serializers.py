from typing import Any

from bson import ObjectId
from rest_framework import serializers

from exercises.catalogue import catalogue
from exercises.models import EntryDocument
from exercises.serializers import (
    ExerciseReferenceField,
    ExerciseReferenceSerializer,
    entries,
)
from fitness_project.api.fields import PastInstantField, QueryInstantField
from fitness_project.api.input import Input
from fitness_project.api.owned import OwnedSerializer
from fitness_project.api.query import QuerySerializer
from fitness_project.api.serializers import ChosenId
from routines.models import Routine
from routines.serializers import RoutineIdField

from .models import Session, SessionEntry


class SessionEntrySerializer(ExerciseReferenceSerializer):
    class Meta(ExerciseReferenceSerializer.Meta):
        model = SessionEntry


def keep_recorded_names(entries: list[EntryDocument], source: Input) -> list[EntryDocument]:
    """A recorded entry keeps the exercise's name from the day it was recorded.

    An entry that comes back with its recorded name is that entry. The other entries of the same
    exercise take the remaining recorded names in order, and an added entry has the current name.
    """
    stored = (source.stored or {}).get("exercises") or ()
    recorded = [
        (catalogue.kept(entry["exerciseId"]), entry["name"]) for entry in stored if "name" in entry
    ]
    if not recorded:
        return entries
    others = []
    for entry, sent in zip(entries, source.body["exercises"], strict=True):
        known = catalogue.kept(entry["exerciseId"]), sent.get("name")
        if known in recorded:
            recorded.remove(known)
            entry["name"] = sent["name"]
        else:
            others.append(entry)
    for entry in others:
        kept_id = catalogue.kept(entry["exerciseId"])
        names = [name for exercise_id, name in recorded if exercise_id == kept_id]
        if names:
            entry["name"] = names[0]
            recorded.remove((kept_id, names[0]))
    return entries


def refuse_foreign_routine(routine_id: ObjectId | None, source: Input) -> ObjectId | None:
    """The routine must be the user's own or the one that the session already names.

    It may have been deleted since, because the session may come from a device that was offline.
    """
    if routine_id is None or routine_id == (source.stored or {}).get("routineId"):
        return routine_id
    if not Routine.objects.visible_to(source.user).ever_held(routine_id):
        raise serializers.ValidationError("You have no routine with this id.", "does_not_exist")
    return routine_id


class SessionSerializer(OwnedSerializer):
    """A training session: the exercises that the user did on a date.

    `routineId` names the routine that the session followed. It stays when the routine is deleted.
    """

    date = PastInstantField()
    exercises = entries(SessionEntrySerializer)
    routine_id = RoutineIdField(required=False, allow_null=True)
    rules = {"exercises": keep_recorded_names, "routineId": refuse_foreign_routine}
    further_codes = {"routineId": ("does_not_exist",)}
    kind = "session"
    columns = ("date", "exercises", "routineId", "durationSeconds", "notes")

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
            "revision",
        )
        read_only_fields = ("created_at", "updated_at")
        extra_kwargs = {
            "duration_seconds": {"style": {"label": "Duration (seconds)", "hint": ""}},
        }


class NewSessionSerializer(ChosenId, SessionSerializer):
    """A new session, whose id the client may choose."""


class SessionQuery(QuerySerializer):
    exerciseId = ExerciseReferenceField(  # noqa: N815 - the parameter's name
        required=False, help_text="Sessions with an entry for this exercise."
    )
    routineId = RoutineIdField(  # noqa: N815
        required=False, help_text="Sessions that followed this routine."
    )

    def get_fields(self) -> dict[str, Any]:
        return {
            "from": QueryInstantField(
                required=False, help_text="Sessions with `date` at or after this instant."
            ),
            "to": QueryInstantField(
                required=False,
                help_text="Sessions with `date` before this instant.",
                style={"label": "Before"},
            ),
            **super().get_fields(),
        }
