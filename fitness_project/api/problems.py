"""Every error as `application/problem+json` (RFC 9457)."""

import logging
import sys
from contextlib import suppress
from http import HTTPStatus
from itertools import islice

from django.core.exceptions import (
    BadRequest,
    DisallowedHost,
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
)
from django.db import DatabaseError, OperationalError
from django.http import Http404, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.http.request import UnreadablePostError
from django.template.loader import render_to_string
from pymongo.errors import (
    AutoReconnect,
    ConnectionFailure,
    ExecutionTimeout,
    PyMongoError,
    ServerSelectionTimeoutError,
)
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.settings import api_settings

from . import errors
from .middleware import current_request_id
from .outage import outage
from .renderers import BrowsableRenderer, DocumentJSONRenderer, dump_json

MEDIA_TYPE = "application/problem+json"
JSON = "application/json"
HTML = "text/html"
RETRY_AFTER = "2"
MAX_ERRORS = 100
BAD_REQUESTS = (BadRequest, SuspiciousOperation, MultiPartParserError, UnreadablePostError)
STATUSES = {
    errors.Busy: status.HTTP_503_SERVICE_UNAVAILABLE,
    errors.Conflict: status.HTTP_409_CONFLICT,
    errors.Gone: status.HTTP_410_GONE,
    errors.Missing: status.HTTP_404_NOT_FOUND,
    errors.PreconditionFailed: status.HTTP_412_PRECONDITION_FAILED,
    errors.KeyReused: status.HTTP_422_UNPROCESSABLE_ENTITY,
}

log = logging.getLogger(__name__)


class RequestTooLarge(exceptions.APIException):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "too_large"
    default_detail = "The request body is larger than 1 MiB."


class Encoded(exceptions.APIException):
    status_code = status.HTTP_415_UNSUPPORTED_MEDIA_TYPE
    default_code = "unsupported_media_type"
    default_detail = "Send the body as it is, without a Content-Encoding."


class Unavailable(exceptions.APIException):
    status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    default_code = "unavailable"
    default_detail = "The database can't be reached. Try again shortly."


class Refusal(exceptions.APIException):
    """Of a domain error that has a status of its own."""

    def __init__(self, status_code, error):
        super().__init__(error.detail, error.code)
        self.status_code = status_code


class Fault(exceptions.APIException):
    default_code = "server_error"
    default_detail = "Something went wrong on our side."


class InvalidQuery(exceptions.ValidationError):
    """Validation errors of query parameters: their pointers are `?name`."""


def problem_response(exc, context):
    """DRF's exception handler: the answer to any exception, unknown ones included."""
    error = as_api_exception(exc)
    if isinstance(error, Fault):
        log.error("Unhandled error", exc_info=exc)
    response = Response(
        problem(error), status=error.status_code, headers=headers(error), exception=True
    )
    request = context["request"]
    if not isinstance(getattr(request, "accepted_renderer", None), BrowsableRenderer):
        request.accepted_renderer = DocumentJSONRenderer()
        request.accepted_media_type = response.content_type = MEDIA_TYPE
    return response


def as_api_exception(exc) -> exceptions.APIException:
    match exc:
        case exceptions.UnsupportedMediaType():
            return exceptions.UnsupportedMediaType(None, "The body must be application/json.")
        case exceptions.APIException():
            return exc
        case errors.FieldRefused():
            return exceptions.ValidationError(
                {exc.field: [exceptions.ErrorDetail(exc.detail, exc.code)]}
            )
        case errors.DomainError() if type(exc) in STATUSES:
            return Refusal(STATUSES[type(exc)], exc)
        case errors.TooManyAttempts():
            return exceptions.Throttled(exc.seconds, exc.detail, exc.code)
        case Http404():
            return exceptions.NotFound()
        case PermissionDenied():
            return exceptions.PermissionDenied()
        case RequestDataTooBig():
            return RequestTooLarge()
        case DisallowedHost():
            return exceptions.ParseError("There is nothing at this host: see ALLOWED_HOSTS.")
        case _ if isinstance(exc, BAD_REQUESTS):
            return exceptions.ParseError("The request can't be read.")
        case _ if is_outage(exc):
            log.warning("The database can't be reached: %s", exc)
            if is_away(exc):
                outage.found()
            elif is_late(exc):
                outage.suspected()
            return Unavailable()
    return Fault()


def is_outage(exc) -> bool:
    """Whether the database, and not the request or the code, is to blame."""
    if isinstance(exc, OperationalError):
        return True
    if isinstance(exc, DatabaseError):
        exc = exc.__cause__
    return isinstance(exc, ConnectionFailure | ExecutionTimeout) or (
        isinstance(exc, PyMongoError) and (exc.timeout or is_transient(exc))
    )


def is_away(exc) -> bool:
    """Whether no server was found: a lost race or a broken connection says less."""
    cause = exc.__cause__ if isinstance(exc, DatabaseError) else exc
    if isinstance(cause, AutoReconnect):
        return isinstance(cause, ServerSelectionTimeoutError)
    return isinstance(cause, ConnectionFailure)


def is_late(exc) -> bool:
    cause = exc.__cause__ if isinstance(exc, DatabaseError) else exc
    return isinstance(cause, PyMongoError) and cause.timeout


def is_transient(exc: PyMongoError) -> bool:
    """A lost race or a changing replica set, still there after the retries."""
    return exc.has_error_label("TransientTransactionError") or exc.has_error_label(
        "RetryableWriteError"
    )


def problem(error: exceptions.APIException) -> dict:
    body = {
        "type": "about:blank",
        "title": HTTPStatus(error.status_code).phrase,
        "status": error.status_code,
        **summary(error),
        "requestId": current_request_id(),
    }
    if error.status_code in (status.HTTP_400_BAD_REQUEST, status.HTTP_422_UNPROCESSABLE_ENTITY):
        body["errors"] = field_errors(error)
    return body


def summary(error) -> dict:
    if isinstance(error, exceptions.ValidationError):
        count = len({found["pointer"] for found in field_errors(error)})
        many = f"{count} fields" if count < MAX_ERRORS else f"{MAX_ERRORS} fields or more"
        detail = "One field is not valid." if count == 1 else f"{many} are not valid."
        return {"code": "invalid", "detail": detail}
    detail = error.detail
    if isinstance(detail, dict):
        detail = detail["detail"]
    return {"code": detail.code, "detail": detail}


def field_errors(error) -> list[dict]:
    if not isinstance(error, exceptions.ValidationError):
        return []
    prefix = "?" if isinstance(error, InvalidQuery) else "/"
    return [
        {"pointer": pointer, "code": detail.code, "detail": detail}
        for pointer, detail in islice(flatten(error.detail, "", prefix), MAX_ERRORS)
    ]


def flatten(detail, pointer, prefix="/"):
    """DRF's nested errors as pairs of JSON Pointer and ErrorDetail."""
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


def headers(error) -> dict:
    found = {}
    if getattr(error, "auth_header", None):
        found["WWW-Authenticate"] = error.auth_header
    if getattr(error, "wait", None):
        found["Retry-After"] = str(error.wait)
    if error.status_code == status.HTTP_503_SERVICE_UNAVAILABLE:
        found["Retry-After"] = RETRY_AFTER
    return found


def plain_answer(request, error: exceptions.APIException) -> HttpResponse:
    """The same problem where no DRF view is at work."""
    content_type, body = MEDIA_TYPE, dump_json(problem(error))
    if prefers_html(request):
        content_type = f"{HTML}; charset=utf-8"
        body = render_to_string("problem.html", problem(error)).encode()
    return HttpResponse(
        body,
        status=error.status_code,
        content_type=content_type,
        headers={**headers(error), "Content-Length": str(len(body)), "Vary": "Accept"},
    )


def prefers_html(request) -> bool:
    return preferred_type(request, [MEDIA_TYPE, JSON, HTML]) == HTML


def preferred_type(request, media_types) -> str | None:
    """None too where the Accept can't be read. Its parameters, such as a charset, don't matter."""
    with suppress(ValueError):
        for accepted in request.accepted_types:
            accepted.range_params = {}
        return request.get_preferred_type(media_types)


def bad_request(request, exception):
    return plain_answer(request, as_api_exception(exception))


def forbidden(request, exception):
    return plain_answer(request, exceptions.PermissionDenied())


def not_found(request, exception):
    return plain_answer(request, exceptions.NotFound())


def server_error(request):
    """Django has logged the traceback; it calls this while the exception is being handled."""
    return plain_answer(request, as_api_exception(sys.exc_info()[1]))


def csrf_failure(request, reason=""):
    return plain_answer(request, exceptions.PermissionDenied(f"CSRF check failed. {reason}"))


class ProblemMiddleware:
    """Refuses calls at once while the database is known to be away, and answers what pages outside
    the API raise."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.path.startswith("/api/") and outage.is_on():
            return plain_answer(request, Unavailable())
        return self.get_response(request)

    def process_exception(self, request, exception):
        if isinstance(exception, errors.DomainError) or is_outage(exception):
            return plain_answer(request, as_api_exception(exception))
        return None
