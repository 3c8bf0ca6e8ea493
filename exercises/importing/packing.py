"""The rows of an import as they are stored: compressed, many in one document."""

import zlib
from collections.abc import Mapping, Sequence
from typing import Any

import bson
from bson import ObjectId

from ..audit import reading
from ..models import CatalogueChange
from .plan import ChangedRow, FieldChange, NewRow

Row = NewRow | ChangedRow


def pack(value: Any) -> bytes:
    return zlib.compress(bson.encode({"": value}))


def unpack(packed: bytes) -> Any:
    return bson.decode(zlib.decompress(packed))[""]


def unpacked_rows(packed: Sequence[dict[str, Any]]) -> list[Row]:
    """The rows, with the changes in the log that they would undo."""
    ids = [by for row in packed for by in _undone_by(row) if by]
    stored = CatalogueChange.objects.documents.collection
    found = list(stored.find({"_id": {"$in": ids}})) if ids else []
    known = {row.id: row for row in reading.rows_of(found)} if found else {}
    return [_row_of(row, known) for row in packed]


def packed_row(row: Row) -> dict[str, Any]:
    if isinstance(row, NewRow):
        return {**vars(row), "deleted": row.deleted and row.deleted.id}
    changes = [{**vars(change), "by": change.by and change.by.id} for change in row.changes]
    return {**vars(row), "changes": changes}


def _undone_by(packed: dict[str, Any]) -> list[ObjectId | None]:
    if "document" in packed:
        return [packed["deleted"]]
    return [change["by"] for change in packed["changes"]]


def _row_of(packed: dict[str, Any], known: Mapping[ObjectId, reading.ChangeRow]) -> Row:
    if "document" in packed:
        return NewRow(**{**packed, "deleted": known.get(packed["deleted"])})
    changes = [
        FieldChange(**{**change, "by": known.get(change["by"])}) for change in packed["changes"]
    ]
    return ChangedRow(**{**packed, "changes": changes})
