"""The only table of a response's error codes, each with its status, its exceptions and advice."""

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
    """An error code. `detail` is for exceptions that have no text for clients.

    `advice` tells client developers what a client should do.
    """

    name: str
    status: int
    exceptions: tuple[type[Exception], ...] = ()
    detail: str = ""
    advice: str = ""


SERVER_ERROR = Code(
    "server_error",
    500,
    detail="Something went wrong on our side.",
    advice="Report the `requestId`. A request that may be repeated can be tried again later.",
)
UNAVAILABLE = Code(
    "unavailable",
    503,
    (errors.Unreachable,),
    "The database can't be reached. Try again shortly.",
    "Wait `Retry-After` seconds and send the request again, a POST with the same "
    "`Idempotency-Key`.",
)
BUSY = Code(
    "busy",
    503,
    (errors.Busy,),
    "The service has too much to do at the moment. Try again shortly.",
    "Wait `Retry-After` seconds and send the request again.",
)
CONFLICT = Code(
    "conflict",
    409,
    detail="Others are changing the same data. Try again.",
    advice="Send the same request again. Nothing was stored.",
)
TABLE = (
    Code(
        "invalid",
        400,
        (drf.ValidationError, errors.FieldRefused),
        advice="Show each of `errors` beside the field that its `pointer` names.",
    ),
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
        "Correct the client: `detail` says what is wrong with the body or a header.",
    ),
    Code(
        "bad_authorization_header",
        401,
        (drf.AuthenticationFailed,),
        advice="Correct the client: send `Authorization: Bearer` and the access token.",
    ),
    Code(
        "bad_credentials",
        401,
        (errors.BadCredentials,),
        "No active account has this e-mail address and password.",
        "Ask the user for the e-mail address and the password again.",
    ),
    Code(
        "not_authenticated",
        401,
        (drf.NotAuthenticated,),
        advice="Send an access token. Sign in to get one.",
    ),
    Code(
        "sign_in_over",
        401,
        (SignInOver,),
        advice="Forget both tokens and ask the user to sign in again.",
    ),
    Code(
        "token_not_valid",
        401,
        (InvalidToken, errors.TokenNotValid),
        "This sign-in has ended. Sign in again.",
        "For an access token: get new tokens from `POST /api/auth/refresh`, once, and repeat the "
        "request. For a refresh token: ask the user to sign in again.",
    ),
    Code(
        "permission_denied",
        403,
        (drf.PermissionDenied, django.PermissionDenied),
        str(drf.PermissionDenied.default_detail),
        "Don't offer this to the user. A browser that is signed in by a cookie also gets this "
        "without its CSRF token.",
    ),
    Code(
        "not_found",
        404,
        (drf.NotFound, Http404, errors.Missing),
        str(drf.NotFound.default_detail),
        "Remove the document from the client: it has been deleted, or never was this user's.",
    ),
    Code(
        "method_not_allowed",
        405,
        (drf.MethodNotAllowed,),
        advice="Correct the client: `Allow` lists the methods of this path.",
    ),
    Code(
        "not_acceptable",
        406,
        (drf.NotAcceptable,),
        advice="Correct the client: let `Accept` allow `application/json`.",
    ),
    CONFLICT,
    Code(
        "in_use",
        409,
        (errors.InUse,),
        advice="Archive the exercise instead: PATCH it with `isArchived: true`.",
    ),
    Code(
        "merged",
        409,
        (errors.Merged,),
        advice="GET the exercise: the response redirects to the one that was kept.",
    ),
    Code(
        "limit",
        409,
        (errors.LimitReached,),
        advice="Ask the user to delete something first.",
    ),
    Code(
        "taken",
        409,
        (errors.Taken,),
        "This id is taken. GET the document, because you may have created it, or choose another "
        "id.",
        "GET the document with this id. If there is none, send the request with another id.",
    ),
    Code(
        "gone",
        410,
        (errors.Gone,),
        advice="Of a POST: drop the request, because its document was created and deleted since. "
        "Of the change feed: discard the stored copy and start without `since`.",
    ),
    Code(
        "precondition_failed",
        412,
        (errors.PreconditionFailed,),
        "The document's ETag isn't in If-Match. Read the document again and send its current ETag, "
        "in quotation marks. (A weak ETag, which begins with W/, never matches.)",
        "GET the document, apply the user's change to it, and send it with the current ETag, in "
        "quotation marks.",
    ),
    Code(
        "too_large",
        413,
        (django.RequestDataTooBig,),
        "The request body is larger than 1 MiB (with a file to import: 16 MiB).",
        "Send less at once.",
    ),
    Code(
        "unsupported_media_type",
        415,
        (drf.UnsupportedMediaType, Encoded),
        advice="Correct the client: send JSON as `application/json`, uncompressed.",
    ),
    Code(
        "idempotency_key_reused",
        422,
        (errors.KeyReused,),
        "This Idempotency-Key was already used with a different body. Use a new key.",
        "Correct the client: use a new key for each document, and the same one for each retry.",
    ),
    Code(
        "too_many_attempts",
        429,
        (errors.TooManyAttempts,),
        "Too many failed attempts. Try again later.",
        "Wait `Retry-After` seconds, and tell the user how long that is.",
    ),
    SERVER_ERROR,
    BUSY,
    UNAVAILABLE,
)
BY_EXCEPTION = {exception: code for code in TABLE for exception in code.exceptions}
BY_NAME = {code.name: code for code in TABLE}


def code_of(error: BaseException) -> Code | None:
    """Finds the code of the error's class, or of the closest base class in the table."""
    known = (BY_EXCEPTION[kind] for kind in type(error).__mro__ if kind in BY_EXCEPTION)
    return next(known, None)
