"""The forms with which curators import files."""

from typing import Any

from django import forms
from django.conf import settings
from django.conf.locale import LANG_INFO
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict

from fitness_project.api.forms import LinesField

from .models import ReadDocument

PASTED = "Pasted text"
BOTH = "Choose a file or paste text, not both."
NEITHER = "Choose a file, or paste text."
TOO_LARGE = "The file is larger than 16 MiB. Import it in parts."
ENCODINGS = {
    "": "Detect",
    "utf-8": "UTF-8",
    "utf-16": "UTF-16",
    "windows-1252": "Windows, Western European",
    "windows-1250": "Windows, Central European",
    "windows-1251": "Windows, Cyrillic",
    "windows-1253": "Windows, Greek",
    "windows-1254": "Windows, Turkish",
    "mac-roman": "Macintosh, Western European",
    "cp850": "MS-DOS, Western European",
}


def language_name(code: str) -> str:
    """Such as `German (de)`."""
    known = LANG_INFO.get(code)
    return f"{known['name']} ({code})" if known and "name" in known else code


class UploadForm(forms.Form):
    """Takes a file, or its text."""

    file = forms.FileField(
        required=False,
        help_text="At most 16 MiB.",
        widget=forms.FileInput(
            attrs={"accept": ".json,.csv,.tsv,.txt", "aria-describedby": "id_file_helptext"}
        ),
    )
    text = LinesField(
        required=False,
        strip=False,
        label="Or paste its text",
        help_text="JSON, or cells copied from a spreadsheet with their header.",
        widget=forms.Textarea(
            attrs={"rows": 8, "spellcheck": "false", "aria-describedby": "id_text_helptext"}
        ),
    )

    def clean_file(self) -> UploadedFile | None:
        file: UploadedFile | None = self.cleaned_data["file"]
        if file and (file.size or 0) > settings.MAX_IMPORT:
            raise forms.ValidationError(TOO_LARGE)
        return file

    def clean(self) -> dict[str, Any]:
        file, text = self.cleaned_data.get("file"), self.cleaned_data.get("text", "")
        if file and text.strip():
            raise forms.ValidationError(BOTH)
        if not (self.errors or file or text.strip()):
            raise forms.ValidationError(NEITHER)
        return self.cleaned_data

    def upload(self) -> tuple[str, bytes]:
        """The file's name, and its content."""
        file: UploadedFile | None = self.cleaned_data["file"]
        if file:
            return str(file.name), file.read()
        return PASTED, self.cleaned_data["text"].encode()


class ReadingForm(forms.Form):
    """Says how a file is to be read: in which encoding and, if there are several, language."""

    encoding = forms.ChoiceField(required=False, choices=list(ENCODINGS.items()))
    language = forms.ChoiceField(required=False)

    def __init__(self, read: ReadDocument, data: QueryDict | None = None) -> None:
        super().__init__(data, auto_id=False, initial={"language": read["language"]})
        languages = self.fields["language"]
        if len(read["languages"]) > 1 and isinstance(languages, forms.ChoiceField):
            languages.required = read["needsLanguage"]
            languages.choices = [(code, language_name(code)) for code in read["languages"]]
        else:
            del self.fields["language"]

    def chosen(self) -> tuple[str | None, str | None]:
        """The encoding and the language, where they are to be other than found out."""
        return self.cleaned_data["encoding"] or None, self.cleaned_data.get("language") or None
