"""Form fields with which the admin stores text as the API does."""

from typing import Any

from django import forms
from django_mongodb_backend.forms import SimpleArrayField

from .text import FAULTS, LINE_BREAKS, clean_name, clean_text, fault_in_name, fault_in_text


class LinesField(forms.CharField):
    """Text with `\\n` for line breaks. Browsers send two characters, which would count twice."""

    def to_python(self, value: Any) -> str | None:
        text = super().to_python(value)
        return text and LINE_BREAKS.sub("\n", text)


class OnePerLineField(SimpleArrayField):
    """An array of texts, one per line. Django separates them by commas, which a text may have."""

    def __init__(self, base_field: forms.Field, **kwargs: Any) -> None:
        super().__init__(base_field, delimiter="\n", **kwargs)

    def to_python(self, value: Any) -> list[str]:
        lines = LINE_BREAKS.sub("\n", value).split("\n") if isinstance(value, str) else value
        texts: list[str] = super().to_python([line for line in lines or () if line.strip()])
        return texts


class CleanTextForm(forms.ModelForm):
    """Cleans the model's strings and refuses some, as TextField and NameField do.

    It leaves alone the fields that a form adds, such as passwords.
    """

    def clean(self) -> dict[str, Any]:
        super().clean()
        model_fields = {field.name for field in self._meta.model._meta.get_fields()}
        for name in self.cleaned_data.keys() & model_fields:
            value = self.cleaned_data[name]
            if isinstance(value, str):
                self._clean_text(name, value)
            elif isinstance(value, list):
                self._clean_list(name, value)
        return self.cleaned_data

    def _clean_text(self, name: str, value: str) -> None:
        is_name = name == "name"
        fault = fault_in_name(value) if is_name else fault_in_text(value)
        if fault is not None:
            self.add_error(name, FAULTS[fault])
            return
        text = clean_name(value) if is_name else clean_text(value)
        self.cleaned_data[name] = text or getattr(self.fields[name], "empty_value", text)

    def _clean_list(self, name: str, values: list[Any]) -> None:
        faults = {fault_in_text(value) for value in values if isinstance(value, str)}
        for fault in filter(None, faults):
            self.add_error(name, FAULTS[fault])
            return
        self.cleaned_data[name] = [clean_text(v) if isinstance(v, str) else v for v in values]
