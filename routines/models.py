"""A user's routines: the training that the user plans."""

from datetime import datetime
from typing import ClassVar

from bson import ObjectId
from django.db import models
from django_mongodb_backend.fields import EmbeddedModelArrayField

from exercises.models import MAX_ENTRIES, EntryDocument, ExerciseReference
from fitness_project.documents.order import Order
from fitness_project.documents.owned import OwnedDocument, OwnedManager, OwnedModel

MAX_ROUTINES = 500
NEWEST_FIRST = Order(("createdAt", "_id"), (datetime, ObjectId), descending=True)


class RoutineDocument(OwnedDocument):
    name: str
    exercises: list[EntryDocument]


class RoutineEntry(ExerciseReference):
    pass


class Routine(OwnedModel):
    name = models.CharField(max_length=120)
    exercises = EmbeddedModelArrayField(RoutineEntry, max_size=MAX_ENTRIES)

    objects: ClassVar[OwnedManager[RoutineDocument]] = OwnedManager()

    class Meta:
        db_table = "routines"
        default_permissions = ("view",)
        indexes = [
            models.Index(fields=["user", "-created_at", "-id"], name="routines_newest_first")
        ]

    def __str__(self) -> str:
        return self.name
