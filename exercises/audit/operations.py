"""What curators do to the catalogue. The log groups the changes of each operation."""

from dataclasses import dataclass, field
from typing import TypedDict

from bson import ObjectId
from django.db.models import TextChoices


class Packed(TypedDict):
    """An operation as JSON."""

    kind: str
    userId: str | None
    undoes: str | None
    id: str
    file: str


class Kind(TextChoices):
    """How an operation came about, as it is stored and as people read it."""

    FORM = "form", "Form"
    ARCHIVE = "archive", "Archive"
    RESTORE = "restore", "Restore"
    SET_CATEGORY = "set category", "Set category"
    SET_EQUIPMENT = "set equipment", "Set equipment"
    SET_LEVEL = "set level", "Set level"
    DELETE = "delete", "Delete"
    MERGE = "merge", "Merge"
    API = "api", "API"
    COMMAND = "command", "Import by command"
    IMPORT = "import", "Import"
    IN_USE = "in use", "Came back because it was in use"
    UNDO = "undo", "Undoing"


class Action(TextChoices):
    """What happened to one exercise. A deleted exercise that comes back is restored."""

    ADD = "add", "Added"
    CHANGE = "change", "Changed"
    DELETE = "delete", "Deleted"
    RESTORE = "restore", "Brought back"
    MERGE = "merge", "Merged away"


@dataclass(frozen=True)
class Operation:
    """Who writes to the catalogue, and how.

    `user_id` is None for a command and for what the service does by itself. All writes that are
    given the same operation are logged as one, however many transactions they take. `file` is the
    name of the file that an import reads.
    """

    kind: Kind
    user_id: ObjectId | None = None
    undoes: ObjectId | None = None
    id: ObjectId = field(default_factory=ObjectId)
    file: str = ""

    def packed(self) -> Packed:
        """For the arguments of a task that goes on with the operation."""
        return {
            "kind": str(self.kind),
            "userId": str(self.user_id) if self.user_id else None,
            "undoes": str(self.undoes) if self.undoes else None,
            "id": str(self.id),
            "file": self.file,
        }

    @classmethod
    def unpacked(cls, packed: Packed) -> "Operation":
        user_id, undoes = (
            ObjectId(text) if text else None for text in (packed["userId"], packed["undoes"])
        )
        return cls(
            Kind(packed["kind"]), user_id, undoes, ObjectId(packed["id"]), packed.get("file", "")
        )
