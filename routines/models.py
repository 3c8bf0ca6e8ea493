"""A user's routines: what the user means to do."""

from django.db import models
from django_mongodb_backend.fields import EmbeddedModelArrayField

from exercises.models import MAX_ENTRIES, ExerciseReference
from fitness_project.documents.owned import OwnedModel

MAX_ROUTINES = 500


class RoutineEntry(ExerciseReference):
    pass


class Routine(OwnedModel):
    name = models.CharField(max_length=120)
    exercises = EmbeddedModelArrayField(RoutineEntry, max_size=MAX_ENTRIES)

    class Meta:
        db_table = "routines"
        indexes = [models.Index(fields=["user", "-id"], name="routines_of_user")]

    def __str__(self):
        return self.name
