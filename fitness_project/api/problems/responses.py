"""Turns exceptions into problem details: `application/problem+json` (RFC 9457)."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from http import HTTPStatus
from itertools import islice
from typing import Any, TypedDict

from django.core.exceptions import DisallowedHost
from rest_framework.exceptions import ErrorDetail, UnsupportedMediaType, ValidationError
from rest_framework.settings import api_settings

from fitness_project.database.outage import is_outage, outage
from fitness_project.errors import FieldRefused, TooManyAttempts
from fitness_project.serving.request_ids import current_request_id

from .codes import SERVER_ERROR, UNAVAILABLE, Code, code_of
from .errors import Encoded, InvalidQuery

RETRY_AFTER_SECONDS = 2
MAX_ERRORS = 100
WITH_FIELD_ERRORS = (400, 422)

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
    retry_after: int | None = None

    @property
    def status(self) -> int:
        return self.code.status

    @property
    def body(self) -> dict[str, Any]:
        body: dict[str, Any] = {
            "type": "about:blank",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "code": self.code.name,
            "detail": self.detail,
            "requestId": current_request_id(),
        }
        if self.status in WITH_FIELD_ERRORS:
            body["errors"] = self.errors
        return body

    @property
    def headers(self) -> dict[str, str]:
        found = {}
        if self.status == HTTPStatus.UNAUTHORIZED:
            found["WWW-Authenticate"] = "Bearer"
        if self.retry_after is not None:
            found["Retry-After"] = str(self.retry_after)
        return found


def problem_of(error: BaseException) -> Problem:
    """Turns any exception, whether foreseen or not, into a problem."""
    code = code_of(error)
    if code is None and is_outage(error):
        log.warning("The database can't be reached: %s", error)
        outage.learn_from(error)
        code = UNAVAILABLE
    if code is None:
        code = SERVER_ERROR
    fields = field_errors(error)
    detail = summary(fields) if fields else _detail_of(error, code)
    return Problem(code, detail, fields, _seconds_to_wait(error, code))


def _detail_of(error: BaseException, code: Code) -> str:
    if isinstance(error, DisallowedHost):
        return "This service isn't configured for this host name: see ALLOWED_HOSTS."
    if isinstance(error, UnsupportedMediaType) and not isinstance(error, Encoded):
        return "The body must be application/json."
    detail: object = getattr(error, "detail", "") or code.detail
    return str(detail["detail"] if isinstance(detail, dict) else detail)


def _seconds_to_wait(error: BaseException, code: Code) -> int | None:
    if isinstance(error, TooManyAttempts):
        return error.seconds
    return RETRY_AFTER_SECONDS if code.status == HTTPStatus.SERVICE_UNAVAILABLE else None


def summary(errors: list[FieldError]) -> str:
    count = len({error["pointer"] for error in errors})
    if count == 1:
        return "One field is not valid."
    return f"{count}{' or more' if count >= MAX_ERRORS else ''} fields are not valid."


def field_errors(error: BaseException) -> list[FieldError]:
    """The errors of single fields, at most MAX_ERRORS of them."""
    if isinstance(error, FieldRefused):
        pointer = f"/{error.field}"
        return [{"pointer": pointer, "code": c, "detail": detail} for c, detail in error.faults]
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
            if key == api_settings.NON_FIELD_ERRORS_KEY:
                yield from flatten(inner, pointer)
            else:
                step = str(key).replace("~", "~0").replace("/", "~1")
                yield from flatten(inner, f"{pointer}{prefix}{step}")
    elif isinstance(detail, list):
        for inner in detail:
            yield from flatten(inner, pointer)
    else:
        yield pointer, detail
