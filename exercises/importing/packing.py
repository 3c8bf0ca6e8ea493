"""The rows of an import as they are stored: compressed, many in one document."""

import zlib
from typing import Any

import bson
from bson import ObjectId

from ..audit import reading
from .plan import ChangedRow, FieldChange, NewRow

Row = NewRow | ChangedRow


def pack(value: Any) -> bytes:
    return zlib.compress(bson.encode({"": value}))


def unpack(packed: bytes) -> Any:
    return bson.decode(zlib.decompress(packed))[""]


def row_of(packed: dict[str, Any], known: dict[ObjectId, reading.ChangeRow] | None = None) -> Row:
    """A row of a part. `known` are the changes by hand that it may undo."""
    if "document" in packed:
        return NewRow(**packed)
    changes = [
        FieldChange(field, old, new, (known or {}).get(by))
        for field, old, new, by in packed["changes"]
    ]
    return ChangedRow(**{**packed, "changes": changes})


def packed_row(row: Row) -> dict[str, Any]:
    if isinstance(row, NewRow):
        return dict(vars(row))
    changes = [(c.field, c.old, c.new, c.by and c.by.id) for c in row.changes]
    return {**vars(row), "changes": changes}
