"""Which headers a response has besides those of every HTTP response."""

from collections.abc import Iterator
from typing import Any

from .calls import Call
from .texts import Schema

URL = {"type": "string", "format": "uri"}
TEXT = {"type": "string"}


def header(description: str, schema: dict[str, Any] | None = None) -> Schema:
    return {"description": description, "schema": schema or TEXT}


REQUEST_ID = header("The `X-Request-Id` of the request, or one that was generated.")
ALLOW = header("The methods of this path.")
ETAG = header("The revision of the document or list, for `If-Match` and `If-None-Match`.")
LOCATION = header("The URL of the new document.", URL)
MOVED = header("The URL of the document that was kept.", URL)
CHALLENGE = header("`Bearer`.")
RETRY_AFTER = header("How many seconds to wait.", {"type": "integer", "minimum": 0})
REPLAYED = header("`true` if an earlier request created the document.")
FILE_NAME = header("A name for the file: `attachment; filename=…`.")


def headers_of(call: Call, status: str) -> dict[str, Schema]:
    return {**dict(_headers(call, status)), "X-Request-Id": REQUEST_ID}


def _headers(call: Call, status: str) -> Iterator[tuple[str, Schema]]:
    is_document = getattr(call.view, "has_etags", False) and not call.is_list
    match status:
        case "200" | "304" if call.is_conditional or is_document:
            yield "ETag", ETAG
        case "200" if getattr(call.view, "is_download", False):
            yield "Content-Disposition", FILE_NAME
        case "201" if is_document:
            yield "ETag", ETAG
            yield "Location", LOCATION
            if call.takes_key:
                yield "Idempotent-Replayed", REPLAYED
        case "308":
            yield "Location", MOVED
        case "401":
            yield "WWW-Authenticate", CHALLENGE
        case "405":
            yield "Allow", ALLOW
        case "412":
            yield "ETag", ETAG
        case "429" | "503":
            yield "Retry-After", RETRY_AFTER
