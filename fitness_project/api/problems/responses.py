"""Turns exceptions into problem details: `application/problem+json` (RFC 9457)."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from http import HTTPStatus
from itertools import islice
from typing import Any, TypedDict

from django.core.exceptions import DisallowedHost, PermissionDenied
from rest_framework.exceptions import (
    ErrorDetail,
    NotAuthenticated,
    UnsupportedMediaType,
    ValidationError,
)
from rest_framework.settings import api_settings
from rest_framework_simplejwt.exceptions import AuthenticationFailed

from fitness_project.database.outage import is_conflict, is_outage, outage
from fitness_project.errors import (
    DomainError,
    FieldRefused,
    PreconditionFailed,
    TooManyAttempts,
)
from fitness_project.serving.request_ids import current_request_id

from .codes import BUSY, CONFLICT, SERVER_ERROR, UNAVAILABLE, Code, code_of
from .errors import InvalidQuery

RETRY_AFTER_SECONDS = 2
MAX_ERRORS = 100
WITH_FIELD_ERRORS = (400, 422)
# For exceptions whose own text doesn't tell clients what would be right.
BETTER_DETAILS: dict[type[BaseException], str] = {
    DisallowedHost: "This service isn't configured for this host name: see ALLOWED_HOSTS.",
    NotAuthenticated: "Sign in first: send `Authorization: Bearer` and an access token.",
    UnsupportedMediaType: "The body must be application/json.",
    AuthenticationFailed: "Authorization must be `Bearer`, a space, and the access token.",
}

Detail = ErrorDetail | list["Detail"] | dict[str, "Detail"]

log = logging.getLogger(__name__)


class FieldError(TypedDict):
    """What is wrong with one field of the input, to which `pointer` (RFC 6901) points."""

    pointer: str
    code: str | None
    detail: str


@dataclass(frozen=True)
class Problem:
    """The content of an error response."""

    code: Code
    detail: str
    errors: list[FieldError] = field(default_factory=list)
    retry_after: int = RETRY_AFTER_SECONDS
    etag: str | None = None

    @property
    def body(self) -> dict[str, Any]:
        errors = {"errors": self.errors} if self.code.status in WITH_FIELD_ERRORS else {}
        return {
            "type": "about:blank",
            "title": HTTPStatus(self.code.status).phrase,
            "status": self.code.status,
            "code": self.code.name,
            "detail": self.detail,
            "requestId": current_request_id(),
            **errors,
        }

    @property
    def headers(self) -> dict[str, str]:
        if self.code.status == HTTPStatus.UNAUTHORIZED:
            return {"WWW-Authenticate": "Bearer"}
        if self.code.status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE):
            return {"Retry-After": str(self.retry_after)}
        return {"ETag": self.etag} if self.etag else {}


def problem_of(error: BaseException) -> Problem:
    """Turns any exception, whether foreseen or not, into a problem."""
    code = code_of(error) or _code_of_database_error(error) or SERVER_ERROR
    if code is BUSY:
        log.warning("The service is busy: %s", error)
    fields = field_errors(error)
    detail = summary(fields) if fields else _detail_of(error, code)
    retry_after = error.seconds if isinstance(error, TooManyAttempts) else RETRY_AFTER_SECONDS
    return Problem(code, detail, fields, retry_after, _etag_of(error))


def _etag_of(error: BaseException) -> str | None:
    """The current ETag of a document that was to be written at another one."""
    if isinstance(error, PreconditionFailed) and error.current:
        return f'"{error.current}"'
    return None


def _code_of_database_error(error: BaseException) -> Code | None:
    if is_conflict(error):
        return CONFLICT
    if not is_outage(error):
        return None
    if not outage.learn_from(error):
        return BUSY
    log.warning("The database can't be reached: %s", error)
    return UNAVAILABLE


def _detail_of(error: BaseException, code: Code) -> str:
    has_text = isinstance(error, DomainError | PermissionDenied)
    own = str(error) if has_text else getattr(error, "detail", "")
    detail = BETTER_DETAILS.get(type(error)) or own or code.detail
    return str(detail["detail"] if isinstance(detail, dict) else detail)


def summary(errors: list[FieldError]) -> str:
    count = len({error["pointer"] for error in errors})
    if count == 1:
        return "One field is not valid."
    return f"{count}{' or more' if count >= MAX_ERRORS else ''} fields are not valid."


def field_errors(error: BaseException) -> list[FieldError]:
    """The errors of single fields, at most MAX_ERRORS of them."""
    if isinstance(error, FieldRefused):
        return [{"pointer": f"/{error.field}", "code": c, "detail": d} for c, d in error.faults]
    if not isinstance(error, ValidationError):
        return []
    prefix = "?" if isinstance(error, InvalidQuery) else "/"
    return [
        {"pointer": pointer, "code": detail.code, "detail": detail}
        for pointer, detail in islice(flatten(error.detail, "", prefix), MAX_ERRORS)
    ]


def flatten(detail: Detail, pointer: str, prefix: str = "/") -> Iterator[tuple[str, ErrorDetail]]:
    """Flattens DRF's nested errors into pairs of a JSON Pointer and an ErrorDetail."""
    if isinstance(detail, dict):
        for key, inner in detail.items():
            step = prefix + str(key).replace("~", "~0").replace("/", "~1")
            is_whole = key == api_settings.NON_FIELD_ERRORS_KEY
            yield from flatten(inner, pointer if is_whole else pointer + step)
    elif isinstance(detail, list):
        for inner in detail:
            yield from flatten(inner, pointer)
    else:
        yield pointer, detail
