from django import forms


class SignUpForm(forms.Form):
    """The fields of an account. What may be in them, the API's serializer decides."""

    email = forms.Field(
        label="E-mail address",
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
    )
    password = forms.Field(
        required=False,
        help_text=(
            "At least 10 characters. Not only digits, not a common password, and not similar to "
            "your e-mail address or name."
        ),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    name = forms.Field(
        label="Name (optional)",
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
