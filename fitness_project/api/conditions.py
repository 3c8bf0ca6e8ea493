"""Conditional requests (RFC 9110): `ETag`, `If-None-Match`, `If-Match`.

The ETag of a document is its revision, which is new with every write.
"""

from dataclasses import dataclass
from hashlib import blake2b

from bson import ObjectId
from django.utils.http import parse_etags

from .fields import parse_object_id


def revision_of(document: dict) -> ObjectId:
    """A document that another program stored has none until it is changed."""
    return document.get("revision", document["_id"])


def etag_of(document: dict) -> str:
    return f'"{revision_of(document)}"'


def etag_of_body(body: bytes) -> str:
    """For what has no revision."""
    return f'"{blake2b(body, digest_size=12).hexdigest()}"'


@dataclass(frozen=True)
class Revisions:
    """Those that `If-Match` names: the write is to be done at one of them only."""

    ids: tuple[ObjectId, ...]

    def hold_for(self, document: dict) -> bool:
        return revision_of(document) in self.ids

    @property
    def expression(self) -> dict:
        """The same, for the database to check in the write."""
        return {"$in": [{"$ifNull": ["$revision", "$_id"]}, list(self.ids)]}


def required_etags(request) -> list[str] | None:
    """What `If-Match` asks for; None where anything will do. A weak ETag never matches."""
    asked = request.META.get("HTTP_IF_MATCH")
    if asked is None or (etags := parse_etags(asked)) == ["*"]:
        return None
    return etags


def required_revisions(request) -> Revisions | None:
    etags = required_etags(request)
    if etags is None:
        return None
    ids = (parse_object_id(etag.strip('"')) for etag in etags)
    return Revisions(tuple(id for id in ids if id is not None))


def has_current(request, etag: str) -> bool:
    """Whether `If-None-Match` says that the client has this already."""
    asked = request.META.get("HTTP_IF_NONE_MATCH")
    if asked is None:
        return False
    etags = parse_etags(asked)
    return etags == ["*"] or etag in (each.removeprefix("W/") for each in etags)
