"""Signing in with e-mail address and password, through the API, the admin or the browsable API."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from fitness_project.serving.addresses import client_address

from .models import User
from .signing_in.lockout import password_attempt


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
    ) -> User | None:
        """Raises TooManyAttempts, or Busy if too many passwords are being hashed."""
        email = (username or credentials.get("email") or "").strip().lower()
        address = client_address(request) if request else ""
        with password_attempt(email, address) as success:
            user = super().authenticate(request, email, password)
            if not isinstance(user, User):
                return None
            success()
            return user
