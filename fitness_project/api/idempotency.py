"""`Idempotency-Key`: a POST that is sent again makes nothing twice.

The key is a field of the document that the POST makes, under a unique index: document and key are
stored together or not at all, and of simultaneous tries one stores it.
"""

import re
from dataclasses import dataclass
from hashlib import sha256

import orjson
from rest_framework.exceptions import ParseError

from .errors import Gone, KeyReused

ALLOWED = re.compile(r"[\x21-\x7e]{1,255}", re.ASCII)


@dataclass(frozen=True)
class IdempotencyKey:
    """`key` is the user's, `body` what came with it: both as digests."""

    key: bytes
    body: bytes

    @classmethod
    def of(cls, request) -> "IdempotencyKey | None":
        given = request.META.get("HTTP_IDEMPOTENCY_KEY")
        if given is None:
            return None
        if not ALLOWED.fullmatch(given):
            raise ParseError("Idempotency-Key must be 1 to 255 visible ASCII characters.")
        try:
            body = orjson.dumps(request.data, option=orjson.OPT_SORT_KEYS)
        except orjson.JSONEncodeError:
            raise ParseError("The body is nested too deeply.") from None
        return cls(_digest(request.user.pk.binary + given.encode()), _digest(body))

    @property
    def fields(self) -> dict:
        """What the document keeps of it."""
        return {"idempotencyKey": self.key, "idempotencyBody": self.body}

    def document_made_before(self, documents) -> dict | None:
        """By the first try. Raises KeyReused where its body was another one, and Gone where the
        document was deleted since."""
        document = documents.collection.find_one({"idempotencyKey": self.key})
        if document is None:
            return None
        if document["idempotencyBody"] != self.body:
            raise KeyReused
        if not documents.holds(document):
            raise Gone("The document that was made with this Idempotency-Key was deleted.")
        return document


def _digest(content: bytes) -> bytes:
    return sha256(content).digest()
