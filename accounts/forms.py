"""Django's forms for choosing a new password, which change it as the API does."""

from functools import partial
from typing import Any

from django.contrib.admin.forms import AdminPasswordChangeForm
from django.contrib.auth.forms import SetPasswordForm
from django.core.exceptions import ValidationError

from .models import User
from .passwords import change_password, change_password_by_link
from .signing_in.lockout import attempt


class NewPasswordForm(SetPasswordForm):
    """Behind the link of an e-mail."""

    user: User

    def save(self, commit: bool = True) -> User:
        change_password_by_link(self.user, self.cleaned_data["new_password1"])
        return self.user


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
