from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from fitness_project.api.fields import ChoiceField, ObjectIdField, QueryBooleanField, TextField
from fitness_project.api.query import QuerySerializer
from fitness_project.api.serializers import DocumentSerializer
from fitness_project.documents.collection import Document

from .catalogue import catalogue
from .models import MAX_ENTRIES, Exercise


class ExerciseSerializer(DocumentSerializer):
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


class ExerciseIdField(ObjectIdField):
    """The id of an exercise of the catalogue, archived or not."""

    default_error_messages = {"does_not_exist": "No exercise has this id."}

    def to_internal_value(self, data):
        if type(data) is str and (id := catalogue.current().usable_ids.get(data)):
            return id
        id = super().to_internal_value(data)
        if catalogue.find_usable(id) is None:
            self.fail("does_not_exist")
        return id


class ExerciseReferenceSerializer(DocumentSerializer):
    """An entry. Its `name` is the server's copy: what a client sends is not stored."""

    exercise_id = ExerciseIdField()

    class Meta:
        fields = ("exercise_id", "name", "sets", "reps", "weight")
        read_only_fields = ("name",)

    @classmethod
    def complete(cls, values: Document) -> Document:
        exercise = catalogue.find(values["exerciseId"])
        if exercise is None:  # It was there a moment ago.
            error = ErrorDetail("No exercise has this id.", "does_not_exist")
            raise serializers.ValidationError({"exerciseId": [error]})
        return {"exerciseId": values["exerciseId"], "name": exercise["name"], **values}


def entries(serializer_class):
    """The array `exercises` of a routine or a session."""
    return serializer_class(many=True, min_length=1, max_length=MAX_ENTRIES)


class ExerciseQuery(QuerySerializer):
    search = TextField(
        required=False, allow_blank=True, max_length=120, help_text="Words of the name."
    )
    category = TextField(required=False, max_length=60)
    equipment = TextField(required=False, max_length=60)
    level = TextField(required=False, max_length=60)
    muscle = TextField(required=False, max_length=60, help_text="Primary or secondary.")
    archived = QueryBooleanField(required=False, help_text="`true` lists archived ones too.")
    ordering = ChoiceField(choices=["name", "-name", "createdAt", "-createdAt"], required=False)
