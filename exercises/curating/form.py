"""The admin's form for an exercise, which several curators may have open at a time."""

from typing import Any

from bson import ObjectId
from django import forms

from fitness_project.api.forms import CleanTextForm
from fitness_project.documents.revisions import Revisions

from ..models import Exercise
from ..names import name_key
from .conflicts import Merge

DELETED = (
    "This exercise has been deleted since you opened it. Nothing has been saved, but your text is "
    "still here: if you save it again, it is added as a new exercise."
)


class ExerciseForm(CleanTextForm):
    """Remembers the exercise as it was when the form was opened.

    `opened` is the revision, and the fields' hidden initial values are the content.
    """

    opened = forms.CharField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Exercise
        fields = "__all__"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_new = self.instance.pk is None
        if not self.is_new:
            self.initial["opened"] = str(self.revision)
            for name in self.initial.keys() & self.fields.keys() - {"opened"}:
                self.fields[name].show_hidden_initial = True

    @property
    def revision(self) -> ObjectId:
        """That of the exercise with which the form was compared. The write requires it."""
        revision: ObjectId = self.instance.revision or self.instance.pk
        return revision

    @property
    def only_if(self) -> Revisions:
        return Revisions((self.revision,))

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        same = Exercise.objects.filter(name_key=name_key(name))
        if same.exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError("Another exercise has this name.", "unique")
        return name

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        opened = self.cleaned_data["opened"]
        if self.is_new and opened:
            self.data = self.data.copy()
            self.data["opened"] = ""
            self.add_error(None, DELETED)
        elif not self.is_new and opened != str(self.revision):
            merge = Merge(self, opened)
            self.data = merge.data
            for field, error in merge.errors:
                self.add_error(field, error)
        return cleaned
