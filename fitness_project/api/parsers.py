"""JSON bodies, read strictly: RFC 8259, UTF-8, no NaN, at most 1 MiB."""

import orjson
from django.conf import settings
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from .problems import Encoded, RequestTooLarge


class StrictJSONParser(BaseParser):
    media_type = "application/json"

    def parse(self, stream, media_type=None, parser_context=None):
        encoding = parser_context["request"].META.get("HTTP_CONTENT_ENCODING") or "identity"
        if encoding.lower() != "identity":
            raise Encoded
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        body = stream.read(limit + 1)
        if len(body) > limit:
            raise RequestTooLarge
        try:
            return orjson.loads(body)
        except orjson.JSONDecodeError as error:
            raise ParseError(f"The body is not valid JSON: {error}") from None
