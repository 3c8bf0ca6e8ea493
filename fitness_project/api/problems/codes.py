"""The only table of error codes, each with its status and the exceptions that it stands for."""

from dataclasses import dataclass

from django.core import exceptions as django
from django.http import Http404
from django.http.multipartparser import MultiPartParserError
from django.http.request import UnreadablePostError
from rest_framework import exceptions as drf
from rest_framework_simplejwt.exceptions import InvalidToken

from fitness_project import errors

from .errors import Encoded, SignInOver


@dataclass(frozen=True)
class Code:
    """An error code. `detail` is for exceptions that have no text for clients."""

    name: str
    status: int
    exceptions: tuple[type[Exception], ...] = ()
    detail: str = ""


SERVER_ERROR = Code("server_error", 500, detail="Something went wrong on our side.")
UNAVAILABLE = Code("unavailable", 503, detail="The database can't be reached. Try again shortly.")
BUSY = Code(
    "busy", 503, (errors.Busy,), "The service has too much to do at the moment. Try again shortly."
)
CONFLICT = Code("conflict", 409, detail="Others are changing the same data. Try again.")
TABLE = (
    Code("invalid", 400, (drf.ValidationError, errors.FieldRefused)),
    Code(
        "parse_error",
        400,
        (
            drf.ParseError,
            django.BadRequest,
            django.SuspiciousOperation,
            MultiPartParserError,
            UnreadablePostError,
        ),
        "The request can't be read.",
    ),
    Code("bad_authorization_header", 401, (drf.AuthenticationFailed,)),
    Code(
        "bad_credentials",
        401,
        (errors.BadCredentials,),
        "No active account has this e-mail address and password.",
    ),
    Code("not_authenticated", 401, (drf.NotAuthenticated,)),
    Code("sign_in_over", 401, (SignInOver,)),
    Code(
        "token_not_valid",
        401,
        (InvalidToken, errors.TokenNotValid),
        "This sign-in has ended. Sign in again.",
    ),
    Code(
        "permission_denied",
        403,
        (drf.PermissionDenied, django.PermissionDenied),
        str(drf.PermissionDenied.default_detail),
    ),
    Code(
        "not_found",
        404,
        (drf.NotFound, Http404, errors.Missing),
        str(drf.NotFound.default_detail),
    ),
    Code("method_not_allowed", 405, (drf.MethodNotAllowed,)),
    Code("not_acceptable", 406, (drf.NotAcceptable,)),
    CONFLICT,
    Code("in_use", 409, (errors.InUse,)),
    Code("merged", 409, (errors.Merged,)),
    Code("limit", 409, (errors.LimitReached,)),
    Code(
        "taken",
        409,
        (errors.Taken,),
        "This id is taken. GET the document, because you may have created it, or choose another "
        "id.",
    ),
    Code("gone", 410, (errors.Gone,)),
    Code(
        "precondition_failed",
        412,
        (errors.PreconditionFailed,),
        "The document's ETag isn't in If-Match (a weak ETag, which begins with W/, never matches). "
        "Read the document again and send its current ETag.",
    ),
    Code(
        "too_large",
        413,
        (django.RequestDataTooBig,),
        "The request body is larger than 1 MiB (with a file to import: 16 MiB).",
    ),
    Code("unsupported_media_type", 415, (drf.UnsupportedMediaType, Encoded)),
    Code(
        "idempotency_key_reused",
        422,
        (errors.KeyReused,),
        "This Idempotency-Key was already used with a different body. Use a new key.",
    ),
    Code(
        "too_many_attempts",
        429,
        (errors.TooManyAttempts,),
        "Too many failed attempts. Try again later.",
    ),
    SERVER_ERROR,
    BUSY,
    UNAVAILABLE,
)
BY_EXCEPTION = {exception: code for code in TABLE for exception in code.exceptions}


def code_of(error: BaseException) -> Code | None:
    """Finds the code of the error's class, or of the closest base class in the table."""
    known = (BY_EXCEPTION[kind] for kind in type(error).__mro__ if kind in BY_EXCEPTION)
    return next(known, None)
