from collections.abc import Collection

from bson import ObjectId
from rest_framework.exceptions import ErrorDetail, ValidationError

from exercises.catalogue import catalogue
from exercises.models import EntryDocument
from exercises.names import name_has, name_key
from exercises.serializers import MAX_CHOICES, ExerciseReferenceSerializer, entries
from fitness_project.api.fields import ReferenceField
from fitness_project.api.input import Input
from fitness_project.api.owned import OwnedSerializer
from fitness_project.api.serializers import ChosenId
from fitness_project.documents.owned import Owner

from .models import MAX_ROUTINES, NEWEST_FIRST, Routine, RoutineEntry
from .services import planned_among


class RoutineEntrySerializer(ExerciseReferenceSerializer):
    class Meta(ExerciseReferenceSerializer.Meta):
        model = RoutineEntry


def is_archived(exercise_id: ObjectId) -> bool:
    exercise = catalogue.find(exercise_id)
    return exercise is not None and exercise.get("isArchived", False)


def refuse_added_archived(entries: list[EntryDocument], source: Input) -> list[EntryDocument]:
    """An archived exercise may stay in the user's routines, but not come into them."""
    stored = (source.stored or {}).get("exercises") or ()
    kept = {catalogue.kept(entry["exerciseId"]) for entry in stored}
    others = {catalogue.kept(entry["exerciseId"]) for entry in entries} - kept
    archived = {each for each in others if is_archived(each)}
    added = archived and archived - planned_among(source.user, archived)
    if added:
        error = ErrorDetail("This exercise is archived. Choose another one.", "archived")
        refused = [index for index, each in enumerate(entries) if each["exerciseId"] in added]
        raise ValidationError({str(index): {"exerciseId": [error]} for index in refused})
    return entries


class RoutineIdField(ReferenceField):
    """The id of one of the user's routines, whether or not it still exists."""

    to = "routine"

    def names(self, document_ids: Collection[ObjectId], user: Owner) -> dict[ObjectId, str]:
        return Routine.objects.visible_to(user).names_of(document_ids)

    def choices(self, text: str, user: Owner) -> list[tuple[ObjectId, str]]:
        found = Routine.objects.visible_to(user).named(name_has(text))
        rows = found.fetch(NEWEST_FIRST, None, MAX_ROUTINES)
        rows.sort(key=lambda row: name_key(row["name"]) != name_key(text))
        return [(row["_id"], row["name"]) for row in rows[:MAX_CHOICES]]


class RoutineSerializer(OwnedSerializer):
    """A training plan: exercises in the order in which the user does them."""

    exercises = entries(RoutineEntrySerializer)
    rules = {"exercises": refuse_added_archived}
    further_codes = {"exercises/*/exerciseId": ("archived",)}
    kind = "routine"
    columns = ("name", "exercises", "notes", "createdAt")

    class Meta:
        model = Routine
        fields = ("id", "name", "exercises", "notes", "created_at", "updated_at", "revision")
        read_only_fields = ("created_at", "updated_at")


class NewRoutineSerializer(ChosenId, RoutineSerializer):
    """A new routine, whose id the client may choose."""
