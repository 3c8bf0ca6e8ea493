"""Form fields with which the admin stores text as the API does."""

from typing import Any

from django import forms

from .fields import CONTROL_CHARACTERS, LINE_BREAKS, TextField, clean_text


class LinesField(forms.CharField):
    """Text with `\\n` for line breaks. Browsers send two characters, which would count twice."""

    def to_python(self, value: Any) -> str | None:
        text = super().to_python(value)
        return text and LINE_BREAKS.sub("\n", text)


class CleanTextForm(forms.ModelForm):
    """Cleans the model's strings as TextField does, and refuses control characters in them.

    It leaves alone the fields that a form adds, such as passwords.
    """

    def clean(self) -> dict[str, Any]:
        super().clean()
        model_fields = {field.name for field in self._meta.model._meta.get_fields()}
        for name in self.cleaned_data.keys() & model_fields:
            value = self.cleaned_data[name]
            strings = value if isinstance(value, list) else [value]
            if any(isinstance(s, str) and CONTROL_CHARACTERS.search(s) for s in strings):
                self.add_error(name, TextField.default_error_messages["control_characters"])
            elif isinstance(value, list):
                self.cleaned_data[name] = [clean_text(s) for s in value]
            elif isinstance(value, str):
                self.cleaned_data[name] = clean_text(value)
        return self.cleaned_data
