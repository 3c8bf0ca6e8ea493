"""Categories, equipment, levels and muscles, which curators choose from those in use."""

from collections import Counter
from collections.abc import Container, Iterator, Mapping
from typing import Any

from bson import ObjectId
from django import forms
from django.template.loader import render_to_string

from exercises.catalogue import catalogue
from exercises.selection import Facet, values_of
from fitness_project.api.forms import CleanTextForm

FACETS: Mapping[str, Facet] = {
    "category": "category",
    "equipment": "equipment",
    "level": "level",
    "primary_muscles": "muscle",
    "secondary_muscles": "muscle",
}
"""The fields that curators fill with values in use."""
HELP = "Choose one that is in use, or confirm a new one."


def in_use(facet: Facet, besides: Container[ObjectId] = ()) -> dict[str, str]:
    """The values that exercises have, the most frequent first, by their case-folded text.

    Of several spellings, it is the most frequent one. `besides` are exercises that don't count.
    """
    exercises = catalogue.current().by_id.values()
    counted = (each for each in exercises if each["_id"] not in besides)
    counts = Counter(value for each in counted for value in values_of(each, facet))
    found: dict[str, str] = {}
    for value in sorted(counts, key=lambda value: (-counts[value], value)):
        found.setdefault(value.casefold(), value)
    return found


class ValuesForm(CleanTextForm):
    """Suggests the values in use, stores them in the spelling in use, and asks about new ones.

    A question is an error with a checkbox. `confirmed` has what the curator has ticked so far. The
    spelling that only the exercises in `besides` have may be changed.
    """

    confirmed = forms.Field(required=False, widget=forms.MultipleHiddenInput)
    besides: Container[ObjectId] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = FACETS.keys() & self.fields.keys()
        self.in_use = {facet: in_use(facet) for facet in {FACETS[name] for name in names}}
        for name in names:
            self._suggest(self.fields[name], f"{FACETS[name]}-in-use")

    def _suggest(self, field: forms.Field, datalist: str) -> None:
        is_list = isinstance(field.widget, forms.Textarea)
        suggested = {"data-in-use": datalist} if is_list else {"list": datalist}
        field.widget.attrs |= {**suggested, "autocomplete": "off"}
        field.help_text = HELP

    def clean(self) -> dict[str, Any]:
        super().clean()
        for name, facet in FACETS.items():
            value = self.cleaned_data.get(name)
            if value and name in self.changed_data:
                self._clean_values(name, facet, value)
        return self.cleaned_data

    def _clean_values(self, name: str, facet: Facet, value: str | list[str]) -> None:
        texts = list(self._separated(facet, value)) if isinstance(value, list) else [value]
        others = in_use(facet, self.besides)
        spelled = list(dict.fromkeys(others.get(text.casefold(), text) for text in texts))
        self.cleaned_data[name] = spelled if isinstance(value, list) else spelled[0]
        for text in spelled:
            if text.casefold() not in self.in_use[facet]:
                self.ask(name, f"{facet}:{text.casefold()}", "new_value", value=text)

    def _separated(self, facet: Facet, texts: list[str]) -> Iterator[str]:
        """Several values in one line, separated by commas. But a value may have a comma itself."""
        for text in texts:
            parts = [part.strip() for part in text.split(",") if part.strip()]
            known = [part for part in (text, *parts) if part.casefold() in self.in_use[facet]]
            yield from parts if known == parts else [text]

    def ask(self, name: str, answer: str, question: str, **context: Any) -> None:
        """Adds an error to the field, unless the curator has confirmed that answer."""
        if answer not in self.cleaned_data["confirmed"]:
            context = {**context, "answer": answer}
            asked = render_to_string(f"admin/exercises/exercise/{question}.html", context)
            self.add_error(name, asked)
