"""What a curator is told when another one has saved the same exercise meanwhile."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.http import QueryDict
from django.template.loader import render_to_string

from exercises.audit import reading
from exercises.models import Exercise
from fitness_project.documents.ids import parse_object_id

COLUMNS = {field.name: str(field.column) for field in Exercise._meta.concrete_fields}


class Merge:
    """Brings a form up to date with an exercise that has changed since the form was opened.

    `data` is what the form shows and sends next: the curator's own values, and in the fields that
    the curator left alone, the stored ones. `errors` are pairs of a field and a text.
    """

    def __init__(self, form: forms.ModelForm, data: QueryDict, opened: str) -> None:
        self._form = form
        self._changes = reading.since(form.instance.pk, parse_object_id(opened))
        self.data = data.copy()
        fields = [form[name] for name, field in form.fields.items() if field.show_hidden_initial]
        told = [field for field in fields if self._has_news(field)]
        self.errors = list(self._told(told)) if told else []
        for field in fields:
            self._bring_up_to_date(field)
        self.data["opened"] = form.initial["opened"]

    def _has_news(self, field: BoundField) -> bool:
        """Whether others have given the field another value than it was opened with, and than the
        curator gives it now."""
        is_theirs = field.field.has_changed(field.initial, self._opened_with(field))
        return is_theirs and field.field.has_changed(field.initial, field.data)

    def _is_mine(self, field: BoundField) -> bool:
        return field.name in self._form.changed_data

    def _opened_with(self, field: BoundField) -> Any:
        return self._form.data.get(field.html_initial_name, "")

    def _bring_up_to_date(self, field: BoundField) -> None:
        stored = field.field.prepare_value(field.initial)
        text = "" if stored is None else str(stored)
        self.data[field.html_initial_name] = text
        if not self._is_mine(field):
            self.data[field.html_name] = text

    def _told(self, fields: list[BoundField]) -> Iterator[tuple[str | None, str]]:
        yield None, self._render("summary", who=self._people(fields), fields=fields)
        for field in fields:
            change = self._change_of(field)
            values = {
                "who": _who(change),
                "at": change.at if change else None,
                "old": _shown(field, self._opened_with(field)),
                "theirs": reading.shown(field.initial),
                "mine": _shown(field, field.data) if self._is_mine(field) else "",
            }
            yield field.name, self._render("field", **values)

    def _render(self, name: str, **context: Any) -> str:
        return render_to_string(f"admin/exercises/exercise/conflict_{name}.html", context)

    def _change_of(self, field: BoundField) -> reading.ChangeRow | None:
        return self._changes.get(COLUMNS[field.name])

    def _people(self, fields: list[BoundField]) -> str:
        return ", ".join(dict.fromkeys(_who(self._change_of(field)) for field in fields))


def _who(change: reading.ChangeRow | None) -> str:
    """The log doesn't know what other programs write."""
    return change.operation.who if change and change.operation else "Someone"


def _shown(field: BoundField, value: Any) -> str:
    try:
        return reading.shown(field.field.to_python(value))
    except forms.ValidationError:
        return reading.shown(value)
