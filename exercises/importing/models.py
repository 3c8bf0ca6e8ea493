"""Imports of files into the catalogue, as they are stored."""

from datetime import datetime
from typing import ClassVar, NotRequired, TypedDict

from bson import ObjectId
from django.db import models
from django_mongodb_backend.fields import ObjectIdField

from fitness_project.documents.collection import DocumentManager


class ReadDocument(TypedDict):
    """What was found out about a file when it was read. `fields` are those that some row gives."""

    layout: str
    encoding: str
    language: str | None
    languages: dict[str, int]
    dropped: dict[str, int]
    fields: list[str]
    needsLanguage: bool


class LeftDocument(TypedDict):
    """What wasn't imported because the catalogue had changed since the preview."""

    number: int
    place: str
    name: str
    field: str | None
    reason: str


class ImportDocument(TypedDict):
    """An import. Its parts have the rows that add or change something.

    `userId` is who uploaded the file or, from then on, who confirmed the import. `content` is the
    compressed file until then, `ticked` the changes that were chosen, and `taskId` the task that
    applies them. `ticked` and `rejected`
    are packed. `read` is JSON, because a file's names may not be keys in the database.
    """

    _id: ObjectId
    userId: ObjectId | None
    fileName: str
    createdAt: datetime
    expiresAt: datetime
    status: str
    content: NotRequired[bytes]
    read: bytes
    unchanged: int
    rejected: bytes
    ticked: NotRequired[bytes]
    taskId: NotRequired[str]


class PartDocument(TypedDict):
    """Some rows of an import, which are written in one transaction. `rows` are packed.

    The last fields say what came of those that were chosen, once they are done.
    """

    _id: ObjectId
    importId: ObjectId
    number: int
    size: int
    rows: NotRequired[bytes]
    expiresAt: datetime
    isDone: bool
    added: NotRequired[int]
    changed: NotRequired[int]
    left: NotRequired[list[LeftDocument]]
    notChosen: NotRequired[int]


class CatalogueImport(models.Model):
    user_id = ObjectIdField(null=True, db_column="userId")
    file_name = models.CharField(max_length=255, db_column="fileName")
    created_at = models.DateTimeField(db_column="createdAt")
    expires_at = models.DateTimeField(db_column="expiresAt")
    status = models.CharField(max_length=20)

    objects: ClassVar[DocumentManager[ImportDocument]] = DocumentManager()

    class Meta:
        db_table = "catalogueImports"
        default_permissions = ()
        verbose_name = "import"

    def __str__(self) -> str:
        return self.file_name


class CatalogueImportPart(models.Model):
    import_id = ObjectIdField(db_column="importId")
    number = models.IntegerField()
    is_done = models.BooleanField(default=False, db_column="isDone")

    objects: ClassVar[DocumentManager[PartDocument]] = DocumentManager()

    class Meta:
        db_table = "catalogueImportParts"
        default_permissions = ()
        indexes = [models.Index(fields=["import_id", "number"], name="parts_of_import")]

    def __str__(self) -> str:
        return f"{self.import_id}, part {self.number}"
