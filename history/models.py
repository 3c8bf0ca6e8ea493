"""A user's training sessions: what the user did."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django_mongodb_backend.fields import EmbeddedModelArrayField, ObjectIdField

from exercises.models import MAX_ENTRIES, ExerciseReference
from fitness_project.documents.owned import OwnedModel

WEEK = 604_800


class SessionEntry(ExerciseReference):
    pass


class Session(OwnedModel):
    """`routine_id` outlives the routine it names."""

    date = models.DateTimeField()
    exercises = EmbeddedModelArrayField(SessionEntry, max_size=MAX_ENTRIES)
    routine_id = ObjectIdField(null=True, blank=True, db_column="routineId")
    duration_seconds = models.IntegerField(
        null=True,
        blank=True,
        validators=(MinValueValidator(0), MaxValueValidator(WEEK)),
        help_text="seconds",
        db_column="durationSeconds",
    )

    class Meta:
        db_table = "history"
        verbose_name = "session"
        indexes = [models.Index(fields=["user", "-date", "-id"], name="history_of_user")]

    def __str__(self):
        return f"{self.date:%Y-%m-%d %H:%M}"
