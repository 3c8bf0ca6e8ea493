"""Django's forms for signing in and for passwords, which do it as the API does."""

from functools import partial
from typing import Any

from django import forms
from django.contrib.admin.forms import AdminAuthenticationForm, AdminPasswordChangeForm
from django.contrib.auth.forms import (
    AuthenticationForm,
    PasswordResetForm,
    UsernameField,
)
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from fitness_project.serving.addresses import client_address

from .models import User
from .passwords import change_password, request_reset
from .signing_in.lockout import attempt

CASE = "Upper and lower case matter in the password, but not in the e-mail address."


class SignInForm(AuthenticationForm):
    username = UsernameField(
        label="E-mail address", widget=forms.TextInput(attrs={"autofocus": True})
    )
    error_messages = {
        **AuthenticationForm.error_messages,
        "invalid_login": f"No active account has this e-mail address and password. {CASE}",
    }


class StaffSignInForm(SignInForm, AdminAuthenticationForm):
    error_messages = {
        **SignInForm.error_messages,
        "invalid_login": f"No active staff account has this e-mail address and password. {CASE}",
    }


class RequestResetForm(PasswordResetForm):
    """Asks for a link by which to choose a new password."""

    email = forms.EmailField(
        label="E-mail address",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "autofocus": True}),
    )

    def save(self, *, request: HttpRequest, **_: Any) -> None:  # type: ignore[override]
        """Raises TooManyAttempts."""
        email: str = self.cleaned_data["email"]
        request_reset(email, client_address(request), request.build_absolute_uri("/"))


class ChangePasswordForm(AdminPasswordChangeForm):
    """Asks for the old password, and counts wrong ones as failed sign-ins from `address`."""

    user: User

    def __init__(self, *args: Any, address: str, **kwargs: Any) -> None:
        self.address = address
        super().__init__(*args, **kwargs)

    def clean_old_password(self) -> str:
        old: str = self.cleaned_data["old_password"]
        if not attempt(partial(self.user.check_password, old), self.user.email, self.address):
            code = "password_incorrect"
            raise ValidationError(self.error_messages[code], code=code)
        return old

    def save(self, commit: bool = True) -> User:
        change_password(self.user, self.cleaned_data["new_password1"])
        return self.user
