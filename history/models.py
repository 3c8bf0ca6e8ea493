"""A user's training sessions: the training that the user did."""

from datetime import datetime
from typing import ClassVar, NotRequired

from bson import ObjectId
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django_mongodb_backend.fields import EmbeddedModelArrayField, ObjectIdField

from exercises.models import MAX_ENTRIES, MAX_SETS, EntryDocument, ExerciseReference
from fitness_project.documents.owned import OwnedDocument, OwnedManager, OwnedModel

WEEK = 604_800


class SessionDocument(OwnedDocument):
    date: datetime
    exercises: list[EntryDocument]
    routineId: NotRequired[ObjectId | None]  # noqa: N815 - the stored name
    durationSeconds: NotRequired[int | None]  # noqa: N815


class SessionEntry(ExerciseReference):
    """Has no sets if the user only warmed up."""

    sets = models.IntegerField(validators=(MinValueValidator(0), MaxValueValidator(MAX_SETS)))


class Session(OwnedModel):
    """A session keeps its `routine_id` when the routine is deleted."""

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

    objects: ClassVar[OwnedManager[SessionDocument]] = OwnedManager()

    class Meta:
        db_table = "history"
        default_permissions = ("view",)
        verbose_name = "session"
        indexes = [models.Index(fields=["user", "-date", "-id"], name="history_of_user")]

    def __str__(self) -> str:
        return f"{self.date:%Y-%m-%d %H:%M}"
