from django import forms

from ..forms import SignInForm
from ..serializers import STRENGTH


class SignInPageForm(SignInForm):
    error_messages = {
        **SignInForm.error_messages,
        "invalid_login": "No active account has this e-mail address and password.",
    }


class SignUpForm(forms.Form):
    """The fields of an account. What may be in them, the API's serializer decides."""

    email = forms.CharField(
        label="E-mail address",
        required=False,
        strip=False,
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
    )
    password = forms.CharField(
        required=False,
        strip=False,
        help_text=STRENGTH,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    name = forms.CharField(
        label="Name (optional)",
        required=False,
        strip=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
