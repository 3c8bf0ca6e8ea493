"""The admin's form for an exercise, which several curators may have open at a time."""

from typing import Any

from bson import ObjectId
from django import forms
from django.http import QueryDict

from exercises.models import Exercise
from exercises.names import name_key
from fitness_project.documents.revisions import Revisions

from .conflicts import Merge
from .similar import similar_exercises
from .values import ValuesForm

DELETED = (
    "This exercise has been deleted since you opened it. Nothing has been saved, but your text is "
    "still here: if you save it again, it is added as a new exercise."
)


class ExerciseForm(ValuesForm):
    """Remembers the exercise as it was when the form was opened.

    `opened` is the revision, and the fields' hidden initial values are the content.
    """

    data: QueryDict
    opened = forms.CharField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Exercise
        fields = "__all__"

    class Media:
        css = {"all": ["exercises/form.css"]}
        js = [
            forms.Script(f"exercises/{name}.js", defer=True)
            for name in ("lists", "picture", "similar", "saving")
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_new = self.instance.pk is None
        self.besides = {self.instance.pk}
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
        super().clean()
        if self.is_new:
            self._ask_about_duplicates()
        self._bring_up_to_date(self.cleaned_data["opened"])
        return self.cleaned_data

    def _ask_about_duplicates(self) -> None:
        name = self.cleaned_data.get("name", "")
        if found := similar_exercises(name):
            similar = [{**each, "id": each["_id"]} for each in found]
            self.ask("name", f"name:{name_key(name)}", "similar_name", similar=similar)

    def _bring_up_to_date(self, opened: str) -> None:
        if self.is_new and opened:
            self.data = self.data.copy()
            self.data["opened"] = ""
            self.add_error(None, DELETED)
        elif not self.is_new and opened != str(self.revision):
            merge = Merge(self, self.data, opened)
            self.data = merge.data
            for field, error in merge.errors:
                self.add_error(field, error)
