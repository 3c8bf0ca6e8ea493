"""`Idempotency-Key`: a POST that is sent again doesn't create a second document.

The key is a field of the document that the POST creates, and has a unique index. Document and key
are stored together or not at all, and only one of several simultaneous attempts stores them.
"""

import re
from dataclasses import dataclass
from hashlib import sha256

import orjson
from rest_framework.exceptions import ParseError

from fitness_project.documents.collection import Document, Stored
from fitness_project.documents.owned import OwnedDocuments
from fitness_project.documents.tombstones import is_tombstone
from fitness_project.errors import Gone, KeyReused

from ..requests import SignedInRequest

ALLOWED = re.compile(r"[\x21-\x7e]{1,255}", re.ASCII)


@dataclass(frozen=True)
class IdempotencyKey:
    """Digests of the key that a user sent and of the body that came with it."""

    key: bytes
    body: bytes

    @classmethod
    def of(cls, request: SignedInRequest) -> "IdempotencyKey | None":
        """The request's key, if it has one. Raises ParseError for a malformed key."""
        given = request.META.get("HTTP_IDEMPOTENCY_KEY")
        if given is None:
            return None
        if not ALLOWED.fullmatch(given):
            raise ParseError("Idempotency-Key must be 1 to 255 visible ASCII characters.")
        try:
            body = orjson.dumps(request.data, option=orjson.OPT_SORT_KEYS)
        except orjson.JSONEncodeError:
            raise ParseError("The body is nested too deeply.") from None
        key = request.user.pk.binary + given.encode()
        return cls(sha256(key).digest(), sha256(body).digest())

    @property
    def fields(self) -> Document:
        """The fields that a document keeps to recognize a repeated request."""
        return {"idempotencyKey": self.key, "idempotencyBody": self.body}

    def made_before(self, documents: OwnedDocuments) -> Stored | None:
        """Returns the document that an earlier attempt created, if any.

        Raises Gone if the document has been deleted since, and KeyReused if the earlier attempt had
        another body.
        """
        document = documents.made_with(self.key)
        if document is None:
            return None
        if is_tombstone(document):
            raise Gone("The document created with this Idempotency-Key has been deleted.")
        if document["idempotencyBody"] != self.body:
            raise KeyReused
        return document
