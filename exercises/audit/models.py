"""The log of the catalogue, as it is stored."""

from datetime import datetime
from typing import Any, ClassVar, NotRequired, TypedDict

from bson import ObjectId
from django.db import models
from django_mongodb_backend.fields import ObjectIdField

from fitness_project.documents.collection import DocumentManager


class Difference(TypedDict):
    old: Any
    new: Any


class OperationDocument(TypedDict):
    """`counts` says how many exercises had each action, and `name` what the first was called.

    `file` is the name of an imported file.
    `undoes` is the operation that this one undid, and `undoneBy` the one that undid this one, or
    that still does (`isBeingUndone`).
    """

    _id: ObjectId
    kind: str
    userId: ObjectId | None
    at: datetime
    counts: dict[str, int]
    name: str
    undoes: NotRequired[ObjectId]
    file: NotRequired[str]
    undoneBy: NotRequired[ObjectId | None]
    isBeingUndone: NotRequired[bool]


class KeptDocument(TypedDict):
    """The exercise that another one was merged into, as it was called then."""

    _id: ObjectId
    name: str


class ChangeDocument(TypedDict):
    """What an operation did to one exercise, which was then called `name`.

    `fields` are those that changed, under their stored names. `createdAt` is that of a deleted
    exercise.
    """

    _id: ObjectId
    operation: ObjectId
    exerciseId: ObjectId
    name: str
    action: str
    fields: dict[str, Difference]
    at: datetime
    createdAt: NotRequired[datetime]
    into: NotRequired[KeptDocument]


class CatalogueOperation(models.Model):
    kind = models.CharField(max_length=20)
    user_id = ObjectIdField(null=True, db_column="userId")
    at = models.DateTimeField()
    counts = models.JSONField()
    name = models.CharField(max_length=120)
    undoes = ObjectIdField(null=True)
    undone_by = ObjectIdField(null=True, db_column="undoneBy")

    objects: ClassVar[DocumentManager[OperationDocument]] = DocumentManager()

    class Meta:
        db_table = "catalogueOperations"
        default_permissions = ()
        verbose_name = "operation"
        verbose_name_plural = "log of the catalogue"
        indexes = [
            models.Index(fields=["-at", "-id"], name="operations_newest_first"),
            models.Index(fields=["kind", "-at", "-id"], name="operations_by_kind"),
            models.Index(fields=["user_id", "-at", "-id"], name="operations_by_user"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.name}"


class CatalogueChange(models.Model):
    operation = ObjectIdField()
    exercise_id = ObjectIdField(db_column="exerciseId")
    name = models.CharField(max_length=120)
    action = models.CharField(max_length=20)
    fields = models.JSONField()
    at = models.DateTimeField()
    created_at = models.DateTimeField(null=True, db_column="createdAt")

    objects: ClassVar[DocumentManager[ChangeDocument]] = DocumentManager()

    class Meta:
        db_table = "catalogueChanges"
        default_permissions = ()
        indexes = [
            models.Index(fields=["exercise_id", "-at", "-id"], name="changes_of_exercise"),
            models.Index(fields=["operation", "-at", "-id"], name="changes_of_operation"),
        ]

    def __str__(self) -> str:
        return f"{self.action}: {self.name}"
