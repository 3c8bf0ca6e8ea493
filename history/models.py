"""A user's training sessions: what the user did."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django_mongodb_backend.fields import EmbeddedModelArrayField, ObjectIdField

from exercises.models import MAX_ENTRIES, ExerciseReference
from fitness_project.api.documents import now
from fitness_project.api.owned import OwnedManager, revision

WEEK = 604_800


class SessionEntry(ExerciseReference):
    pass


class Session(models.Model):
    """`routine_id` outlives the routine it names."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,
        db_column="userId",
    )
    date = models.DateTimeField()
    exercises = EmbeddedModelArrayField(SessionEntry, max_size=MAX_ENTRIES)
    routine_id = ObjectIdField(null=True, blank=True, db_column="routineId")
    notes = models.TextField(max_length=2_000, null=True, blank=True)
    duration_seconds = models.IntegerField(
        null=True,
        blank=True,
        validators=(MinValueValidator(0), MaxValueValidator(WEEK)),
        help_text="seconds",
        db_column="durationSeconds",
    )
    created_at = models.DateTimeField(default=now, editable=False, db_column="createdAt")
    updated_at = models.DateTimeField(default=now, editable=False, db_column="updatedAt")
    revision = revision()

    objects = OwnedManager()

    class Meta:
        db_table = "history"
        verbose_name = "session"
        indexes = [models.Index(fields=["user", "-date", "-id"], name="history_of_user")]

    def __str__(self):
        return f"{self.date:%Y-%m-%d %H:%M}"
