from typing import Any

from django import forms

from ..models import User
from ..passwords import change_password_by_link, refuse_weak_password


def new_password(label: str) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=False,
        strip=False,
        help_text=(
            "At least 10 characters. Not only digits, not a common password, and not similar to "
            "your e-mail address or name."
        ),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


class SignUpForm(forms.Form):
    """The fields of an account. What may be in them, the API's serializer decides."""

    email = forms.Field(
        label="E-mail address",
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
    )
    password = new_password("Password")
    name = forms.Field(
        label="Name (optional)",
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )


class NewPasswordForm(forms.Form):
    """Behind the link of an e-mail."""

    password = new_password("New password")

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)

    def save(self) -> None:
        """Raises FieldRefused."""
        password: str = self.cleaned_data["password"]
        refuse_weak_password(password, self.user, "password")
        change_password_by_link(self.user, password)
