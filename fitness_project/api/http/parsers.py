from collections.abc import Mapping
from typing import IO, Any

import orjson
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from ..problems.errors import Encoded


class StrictJSONParser(BaseParser):
    """Reads JSON as RFC 8259 defines it: UTF-8, no NaN, and at most 1 MiB."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        request = (parser_context or {})["request"]
        encoding = request.META.get("HTTP_CONTENT_ENCODING") or "identity"
        if encoding.lower() != "identity":
            raise Encoded
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        body = stream.read(limit + 1)
        if len(body) > limit:
            raise RequestDataTooBig
        return load_json(body)


def load_json(body: bytes) -> Any:
    """Raises ParseError."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise ParseError(_what_is_wrong(body, error)) from None


def _what_is_wrong(body: bytes, error: orjson.JSONDecodeError) -> str:
    """orjson's own message about a body that isn't UTF-8 speaks of Python's strings."""
    try:
        body.decode()
    except UnicodeDecodeError as undecodable:
        return f"The body is not valid UTF-8: see byte {undecodable.start}."
    return f"The body is not valid JSON: {error}"
