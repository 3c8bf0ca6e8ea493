"""A user's routines: what the user means to do."""

from django.conf import settings
from django.db import models
from django_mongodb_backend.fields import EmbeddedModelArrayField

from exercises.models import MAX_ENTRIES, ExerciseReference
from fitness_project.api.documents import now
from fitness_project.api.owned import OwnedManager, revision

MAX_ROUTINES = 500


class RoutineEntry(ExerciseReference):
    pass


class Routine(models.Model):
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,
        db_column="userId",
    )
    name = models.CharField(max_length=120)
    exercises = EmbeddedModelArrayField(RoutineEntry, max_size=MAX_ENTRIES)
    notes = models.TextField(max_length=2_000, null=True, blank=True)
    created_at = models.DateTimeField(default=now, editable=False, db_column="createdAt")
    updated_at = models.DateTimeField(default=now, editable=False, db_column="updatedAt")
    revision = revision()

    objects = OwnedManager()

    class Meta:
        db_table = "routines"
        indexes = [models.Index(fields=["user", "-id"], name="routines_of_user")]

    def __str__(self):
        return self.name
