"""Errors in a request for which Django REST Framework has no exception."""

from rest_framework import exceptions


class Encoded(exceptions.APIException):
    default_detail = "Send the body uncompressed, without a Content-Encoding."


class InvalidQuery(exceptions.ValidationError):
    """Validation errors in query parameters. Their pointers are `?name`."""


class SignInOver(exceptions.AuthenticationFailed):
    default_detail = "This sign-in has ended. Sign in again."
