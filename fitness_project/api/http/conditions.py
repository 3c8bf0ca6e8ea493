"""Conditional requests (RFC 9110): `ETag`, `If-None-Match`, `If-Match`."""

from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

from django.http import HttpRequest
from django.utils.http import parse_etags

from fitness_project.documents.ids import parse_object_id
from fitness_project.documents.revisions import Revisions, revision_of
from fitness_project.errors import PreconditionFailed


def etag_of(document: Mapping[str, Any]) -> str:
    return f'"{revision_of(document)}"'


def etag_of_body(body: bytes) -> str:
    """The ETag of a response that isn't a document with a revision."""
    return f'"{blake2b(body, digest_size=12).hexdigest()}"'


def required_etags(request: HttpRequest) -> list[str] | None:
    """The ETags in `If-Match`, or None if any revision will do. A weak ETag never matches."""
    etags = parse_etags(request.META.get("HTTP_IF_MATCH", "*"))
    return None if etags == ["*"] else etags


def required_revisions(request: HttpRequest) -> Revisions | None:
    """The revisions that `If-Match` names, or None if any will do."""
    etags = required_etags(request)
    if etags is None:
        return None
    ids = (parse_object_id(etag.strip('"')) for etag in etags)
    return Revisions(tuple(filter(None, ids)))


def require(revisions: Revisions | None, document: Mapping[str, Any]) -> None:
    """Raises PreconditionFailed if the document isn't at one of the revisions."""
    if revisions is not None and not revisions.hold_for(document):
        raise PreconditionFailed(revision_of(document))


def has_current(request: HttpRequest, etag: str) -> bool:
    """Whether `If-None-Match` says that the client already has this version."""
    known = request.META.get("HTTP_IF_NONE_MATCH")
    etags = parse_etags(known) if known else []
    return etags == ["*"] or etag in (each.removeprefix("W/") for each in etags)
