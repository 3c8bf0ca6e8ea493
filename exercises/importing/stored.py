"""Imports of files, from the upload to the result. What a preview shows is what will be imported.

Nobody sees a preview for longer than a day.
"""

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta

import orjson
from bson import ObjectId
from django.db.models import TextChoices

from fitness_project.database.deadline import paused
from fitness_project.documents.instants import now

from ..curating.values import in_use
from ..models import CatalogueImport, CatalogueImportPart
from .files.reading import read_file
from .files.rows import BadFile, ReadFile
from .models import ImportDocument, LeftDocument, PartDocument, ReadDocument
from .packing import Row, pack, packed_row, unpack, unpacked_rows
from .plan import ChangedRow, NewRow, Plan, RejectedRow, make_plan

# Larger parts take less time as a whole, but other writers to the catalogue wait longer for each.
PART_ROWS = 100
# A stored document has at most 16 MiB.
MAX_STORED_BYTES = 15 * 2**20
PREVIEW_LIVES = timedelta(days=1)
RESULT_LIVES = timedelta(days=30)


class Status(TextChoices):
    """`STOPPED`: it was undone before it had ended."""

    PREVIEW = "preview", "Not confirmed"
    RUNNING = "running", "Running"
    DONE = "done", "Done"
    STOPPED = "stopped", "Stopped by an undo"


@dataclass(frozen=True)
class Preview:
    """A file that was read, and what importing it would do.

    Where `read["needsLanguage"]`, the plan is empty: a language must be chosen with `read_again`.
    """

    id: ObjectId
    user_id: ObjectId | None
    file_name: str
    created_at: datetime
    status: Status
    read: ReadDocument
    plan: Plan


@dataclass(frozen=True)
class Progress:
    """What an import has done so far. `total` and `done` count rows, and `added` and `changed`
    exercises. `left` is what wasn't imported because the catalogue had changed meanwhile.

    Its id is that of its operation in the log, which is there once something has changed.
    """

    id: ObjectId
    user_id: ObjectId | None
    file_name: str
    created_at: datetime
    status: Status
    total: int
    done: int
    added: int
    changed: int
    unchanged: int
    not_chosen: int
    left: list[LeftDocument]
    rejected: list[RejectedRow]
    task_id: str | None


def start_import(
    content: bytes,
    file_name: str,
    user_id: ObjectId,
    encoding: str | None = None,
    language: str | None = None,
) -> ObjectId:
    """Reads a file and stores what importing it would do. Returns the import's id.

    Nothing in the catalogue changes before the import is confirmed. Raises BadFile.
    """
    with paused():
        compressed = zlib.compress(content)
        if len(compressed) > MAX_STORED_BYTES:
            raise BadFile("The file is too large. Split it.")
        read = read_file(content, encoding, language, in_use("muscle").values())
    plan, import_id = make_plan(read.rows), ObjectId()
    expires_at = now() + PREVIEW_LIVES
    parts = list(_parts(import_id, expires_at, plan))
    if parts:  # They come first: parts without an import expire.
        CatalogueImportPart.objects.documents.collection.insert_many(parts)
    CatalogueImport.objects.documents.insert(
        {
            "_id": import_id,
            "userId": user_id,
            "fileName": file_name[:255],
            "createdAt": now(),
            "expiresAt": expires_at,
            "status": Status.PREVIEW.value,
            "content": compressed,
            "read": orjson.dumps(_read_document(read)),
            "unchanged": plan.unchanged,
            "rejected": pack(list(map(asdict, plan.rejected))),
        }
    )
    return import_id


def read_again(
    import_id: ObjectId, user_id: ObjectId, encoding: str | None, language: str | None
) -> ObjectId:
    """Starts another import of the same file, read differently, and returns its id.

    Raises BadFile, and Missing if the import has been confirmed or has expired.
    """
    stored = CatalogueImport.objects.documents.get(import_id)
    if "content" not in stored:
        raise CatalogueImport.objects.documents.missing()
    content = zlib.decompress(stored["content"])
    return start_import(content, stored["fileName"], user_id, encoding, language)


def discard(import_id: ObjectId, user_id: ObjectId) -> None:
    """Deletes the user's import, unless it has been confirmed."""
    imports, parts = CatalogueImport.objects.documents, CatalogueImportPart.objects.documents
    own = {"_id": import_id, "userId": user_id, "status": Status.PREVIEW.value}
    if imports.collection.delete_one(own).deleted_count:
        parts.collection.delete_many({"importId": import_id})


def preview(import_id: ObjectId) -> Preview:
    """Raises Missing. Once the import has been confirmed, the plan is gone: see `progress`."""
    stored = find_import(import_id)
    parts = [part["rows"] for part in parts_of(import_id) if "rows" in part]
    rows = unpacked_rows([row for part in parts for row in unpack(part)])
    return Preview(
        stored["_id"],
        stored["userId"],
        stored["fileName"],
        stored["createdAt"].replace(tzinfo=UTC),
        Status(stored["status"]),
        orjson.loads(stored["read"]),
        Plan(
            [row for row in rows if isinstance(row, NewRow)],
            [row for row in rows if isinstance(row, ChangedRow)],
            stored["unchanged"],
            _rejected(stored),
        ),
    )


def progress(import_id: ObjectId) -> Progress:
    """Raises Missing."""
    stored, parts = find_import(import_id), list(parts_of(import_id, {"rows": 0}))
    done = [part for part in parts if part["isDone"]]
    return Progress(
        stored["_id"],
        stored["userId"],
        stored["fileName"],
        stored["createdAt"].replace(tzinfo=UTC),
        Status(stored["status"]),
        total=sum(part["size"] for part in parts),
        done=sum(part["size"] for part in done),
        added=sum(part.get("added", 0) for part in done),
        changed=sum(part.get("changed", 0) for part in done),
        unchanged=stored["unchanged"],
        not_chosen=sum(part.get("notChosen", 0) for part in done),
        left=[left for part in done for left in part.get("left", [])],
        rejected=_rejected(stored),
        task_id=stored.get("taskId"),
    )


def find_import(import_id: ObjectId) -> ImportDocument:
    """An import without the file's content. Raises Missing."""
    documents = CatalogueImport.objects.documents
    found = documents.collection.find_one(
        {"_id": import_id}, {"content": 0}, session=documents.session
    )
    if found is None:
        raise documents.missing()
    return found


def parts_of(
    import_id: ObjectId, projection: dict[str, int] | None = None
) -> Iterator[PartDocument]:
    """The parts of an import in their order."""
    documents = CatalogueImportPart.objects.documents
    found = documents.collection.find({"importId": import_id}, projection)
    return iter(found.sort("number", 1))


def _parts(import_id: ObjectId, expires_at: datetime, plan: Plan) -> Iterator[PartDocument]:
    rows: Sequence[Row] = [*plan.new, *plan.changed]
    for number, start in enumerate(range(0, len(rows), PART_ROWS)):
        part = rows[start : start + PART_ROWS]
        yield {
            "_id": ObjectId(),
            "importId": import_id,
            "number": number,
            "size": len(part),
            "rows": pack(list(map(packed_row, part))),
            "expiresAt": expires_at,
            "isDone": False,
        }


def _rejected(stored: ImportDocument) -> list[RejectedRow]:
    return [RejectedRow(**row) for row in unpack(stored["rejected"])]


def _read_document(read: ReadFile) -> ReadDocument:
    return {
        "layout": read.layout,
        "encoding": read.encoding,
        "language": read.language,
        "languages": read.languages,
        "dropped": read.dropped,
        "fields": sorted({name for row in read.rows for name in row.fields}),
        "needsLanguage": read.needs_language,
    }
