"""What curators said about probable duplicates, as it is stored."""

from datetime import datetime
from typing import ClassVar, TypedDict

from bson import ObjectId
from django.db import models
from django_mongodb_backend.fields import ArrayField, ObjectIdField

from fitness_project.documents.collection import DocumentManager


class DismissalDocument(TypedDict):
    """Exercises that are alike, and different nevertheless, as a curator said."""

    _id: ObjectId
    exerciseIds: list[ObjectId]
    userId: ObjectId
    at: datetime


class CatalogueDismissal(models.Model):
    exercise_ids = ArrayField(ObjectIdField(), db_column="exerciseIds")
    user_id = ObjectIdField(db_column="userId")
    at = models.DateTimeField()

    objects: ClassVar[DocumentManager[DismissalDocument]] = DocumentManager()

    class Meta:
        db_table = "catalogueDismissals"
        default_permissions = ()

    def __str__(self) -> str:
        return f"{len(self.exercise_ids)} exercises"
