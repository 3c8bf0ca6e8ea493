"""Writes stored values as JSON."""

from datetime import UTC, datetime
from typing import Any

import orjson
from bson import ObjectId
from bson.raw_bson import RawBSONDocument


def dump_json(data: Any, *, indent: bool = False) -> bytes:
    """Writes ids as 24 hexadecimal digits, and dates in UTC with milliseconds."""
    indentation = orjson.OPT_INDENT_2 if indent else 0
    return orjson.dumps(data, _encode, orjson.OPT_PASSTHROUGH_DATETIME | indentation)


def _encode(value: Any) -> Any:
    if value.__class__ is ObjectId:
        return value.binary.hex()
    if isinstance(value, datetime):
        return format_instant(value)
    if isinstance(value, RawBSONDocument):
        return dict(value)
    return str(value)


def format_instant(value: datetime) -> str:
    """`2026-11-22T19:57:00.000Z`. A date without a time zone is in UTC, as PyMongo reads it."""
    if value.tzinfo is not None:
        value = value.astimezone(UTC).replace(tzinfo=None)
    return value.isoformat(timespec="milliseconds") + "Z"


def as_read(data: Any) -> Any:
    """Stored values as a client reads them."""
    return orjson.loads(dump_json(data))
