"""Signing in with e-mail and password: the API's, the admin's and the browsable API's one way."""

from django.contrib.auth.backends import ModelBackend

from fitness_project.serving.addresses import client_address

from .lockout import password_attempt


class EmailBackend(ModelBackend):
    """Hashes for an unknown e-mail too, so that the time tells nothing."""

    def authenticate(self, request, username=None, password=None, **kwargs):
        email = (username or kwargs.get("email") or "").strip().lower()
        with password_attempt(email, client_address(request)) as success:
            user = super().authenticate(request, email, password)
            if user is not None:
                success()
            return user
