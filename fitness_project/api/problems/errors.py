"""Errors in a request for which Django REST Framework has no exception."""

from rest_framework import exceptions, status


class RequestTooLarge(exceptions.APIException):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_detail = "The request body is larger than 1 MiB."


class Encoded(exceptions.UnsupportedMediaType):
    def __init__(self) -> None:
        super().__init__("", "Send the body uncompressed, without a Content-Encoding.")


class InvalidQuery(exceptions.ValidationError):
    """Validation errors in query parameters. Their pointers are `?name`."""


class SignInOver(exceptions.AuthenticationFailed):
    default_detail = "This sign-in has ended. Sign in again."
