"""Signing in with e-mail address and password, through the API, the admin or the browsable API."""

from functools import partial
from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest

from fitness_project.serving.addresses import client_address

from .signing_in.lockout import attempt


class EmailBackend(ModelBackend):
    """Counts failures.

    For an unknown e-mail address, Django hashes the password too, so that the time a response takes
    reveals nothing.
    """

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **credentials: Any,
    ) -> AbstractBaseUser | None:
        """Raises TooManyAttempts, or Busy if too many passwords are being hashed."""
        email = username or credentials.get("email") or ""
        address = client_address(request) if request else ""
        return attempt(partial(super().authenticate, request, email, password), email, address)
