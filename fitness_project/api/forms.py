"""Forms of the admin store text as the API does."""

from django import forms

from .fields import CONTROL_CHARACTERS, LINE_BREAKS, TextField, clean_text


class LinesField(forms.CharField):
    """A text whose line breaks are `\\n` before its length is looked at: browsers send two."""

    def to_python(self, value):
        text = super().to_python(value)
        return text and LINE_BREAKS.sub("\n", text)


class CleanTextForm(forms.ModelForm):
    """The model's strings trimmed, NFC, their line breaks as `\\n`, without control characters.

    Fields that a form adds, such as passwords, are not touched.
    """

    def clean(self):
        super().clean()
        of_the_model = {field.name for field in self._meta.model._meta.get_fields()}
        for name in self.cleaned_data.keys() & of_the_model:
            value = self.cleaned_data[name]
            strings = value if isinstance(value, list) else [value]
            if any(isinstance(s, str) and CONTROL_CHARACTERS.search(s) for s in strings):
                self.add_error(name, TextField.default_error_messages["control_characters"])
            elif isinstance(value, list):
                self.cleaned_data[name] = [clean_text(s) for s in value]
            elif isinstance(value, str):
                self.cleaned_data[name] = clean_text(value)
        return self.cleaned_data
