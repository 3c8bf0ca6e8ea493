"""Forms of the admin store text as the API does."""

from django import forms

from .fields import CONTROL_CHARACTERS, TextField, clean_text


class CleanTextForm(forms.ModelForm):
    """Every string trimmed, NFC, its line breaks as `\\n`, without control characters."""

    def clean(self):
        for name, value in list(super().clean().items()):
            strings = value if isinstance(value, list) else [value]
            if any(isinstance(s, str) and CONTROL_CHARACTERS.search(s) for s in strings):
                self.add_error(name, TextField.default_error_messages["control_characters"])
            elif isinstance(value, list):
                self.cleaned_data[name] = [clean_text(s) for s in value]
            elif isinstance(value, str):
                self.cleaned_data[name] = clean_text(value)
        return self.cleaned_data
