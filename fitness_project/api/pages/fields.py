"""What a form shows for each field: its input, what it holds, and what is wrong with it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from rest_framework.fields import BooleanField, ChoiceField, EmailField, Field, ListField
from rest_framework.serializers import Serializer

from fitness_project.documents.ids import parse_object_id

from ..fields import InstantField, IntegerField, NumberField, PasswordField, ReferenceField
from .bodies import offered, row_of
from .labels import hint_of, label_of
from .reading import LOCAL, MAX_SEARCH, named
from .rows import count_rows
from .typed import MATCHES, SHOWN, TEXT, Typed

# Of a template row, which scripts copy.
NEW = "NEW"
CHOOSE = {
    "required": "Choose one by its name.",
    "invalid": "Nothing is called exactly so. Choose one below, or type another name.",
    "nothing": "Nothing matches. Type another name.",
    "does_not_exist": "This no longer exists. Choose another one.",
}


@dataclass
class Shown:
    """A field. `rows` and `template_row` are those of a list, each a list of fields.

    `options` are the values that can be chosen, with their labels; of a reference, they are
    those that match its `text`. `search` is the list in which scripts look for it.
    """

    pointer: str
    id: str
    label: str
    kind: str
    value: str = ""
    hint: str = ""
    required: bool = False
    has_focus: bool = False
    errors: list[str] = field(default_factory=list)
    options: list[tuple[str, str]] = field(default_factory=list)
    text: str = ""
    search: str = ""
    rows: list[list["Shown"]] = field(default_factory=list)
    template_row: list["Shown"] = field(default_factory=list)
    is_fixed: bool = False
    autocomplete: str = ""

    @property
    def input_type(self) -> str:
        """Not `number` or `email`: of these, a browser drops what isn't one."""
        return {"instant": "datetime-local", "password": "password"}.get(self.kind, "text")

    @property
    def step(self) -> str:
        """Browsers show a fraction of a second only if the step has one."""
        return "0.001" if "." in self.value else "1"

    @property
    def is_unknown(self) -> bool:
        return bool(self.value) and self.value not in dict(self.options)

    @property
    def described_by(self) -> str:
        notes = {"hint": self.hint, "error": self.errors}
        return " ".join(f"{self.id}-{name}" for name, note in notes.items() if note)

    def walk(self) -> Iterable["Shown"]:
        yield self
        for row in self.rows:
            for each in row:
                yield from each.walk()


@dataclass(frozen=True)
class Filling:
    """What the fields of one form are filled with.

    `user` is None if nobody can tell who it is. `errors` are the codes and texts of each pointer.
    `focus` is where the form was edited, and `sought` the reference that was to be found.
    """

    prefix: str
    typed: Typed
    user: Any
    errors: Mapping[str, list[tuple[str | None, str]]] = field(default_factory=dict)
    focus: str = ""
    sought: str = ""

    @property
    def is_signed_in(self) -> bool:
        """Whether names may be looked for."""
        return bool(getattr(self.user, "is_authenticated", False))

    def fields_of(self, serializer: Serializer) -> list[Shown]:
        return [self.shown(each, name) for name, each in offered(serializer).items()]

    def shown(self, each: Field, pointer: str) -> Shown:
        shown = Shown(
            pointer=pointer,
            id=f"{self.prefix}-{pointer.replace('/', '-')}",
            label=label_of(each),
            kind=kind_of(each),
            value=self.typed.get(pointer, ""),
            hint=hint_of(each),
            required=not each.allow_null and (each.required or isinstance(each, ChoiceField)),
            has_focus=pointer == self.focus,
            errors=[text for _, text in self.errors.get(pointer, ())],
        )
        if (item := row_of(each)) is not None:
            self._add_rows(shown, item, each)
        match each:
            case ReferenceField():
                self._add_choices(shown, each)
            case ChoiceField():
                shown.options = [(str(key), str(label)) for key, label in each.choices.items()]
            case InstantField() if shown.value and not LOCAL.fullmatch(shown.value):
                shown.kind = "text"  # A browser would show nothing.
            case PasswordField():
                shown.value, shown.autocomplete = "", each.autocomplete
        return shown

    def _add_rows(self, shown: Shown, item: Field, each: Field) -> None:
        count = count_rows(self.typed, shown.pointer)
        if not self.is_signed_in:  # Whoever signs in again may send no more than these.
            count = min(count, getattr(each, "max_length", None) or count)
        shown.rows = [self._row(item, f"{shown.pointer}/{place}") for place in range(count)]
        shown.template_row = self._row(item, f"{shown.pointer}/{NEW}")
        shown.is_fixed = each.style.get("rows") == "fixed"
        if shown.is_fixed:
            self._fix([row[0] for row in shown.rows], item)

    def _fix(self, references: list[Shown], item: Any) -> None:
        """Makes references such as can only be moved."""
        ids = {each.value: parse_object_id(each.value) for each in references}
        names = item.names(list(filter(None, ids.values())), self.user) if self.is_signed_in else {}
        for each in references:
            each.kind = "fixed"
            each.text = names.get(ids[each.value]) or each.value

    def _row(self, item: Field, pointer: str) -> list[Shown]:
        if not isinstance(item, Serializer):
            return [self.shown(item, pointer)]
        fields = item.fields.items()
        read_only = [f"{pointer}/{name}" for name, each in fields if each.read_only]
        shown = [self.shown(each, f"{pointer}/{n}") for n, each in fields if not each.read_only]
        shown[0].has_focus = shown[0].has_focus or pointer == self.focus
        return [*shown, *(self._hidden(each) for each in read_only if each in self.typed)]

    def _hidden(self, pointer: str) -> Shown:
        return Shown(pointer, "", "", "hidden", self.typed[pointer])

    def _add_choices(self, shown: Shown, each: ReferenceField) -> None:
        shown.search = reverse(f"{each.to}-list")
        shown.text = self._text_of(shown, each)
        codes = {code or "" for code, _ in self.errors.get(shown.pointer, ())}
        is_wrong = bool(codes & CHOOSE.keys() and shown.text.strip())
        if self.is_signed_in and (is_wrong or shown.pointer == self.sought):
            found = each.choices(shown.text.strip()[:MAX_SEARCH], self.user)
            shown.options = [(str(document_id), name) for document_id, name in found]
            shown.value = named(each, shown.text, self.user) or ""
            if not found:
                shown.errors = [CHOOSE["nothing"]]
                return
        if not shown.value:  # Else the API says what is wrong with what was chosen.
            shown.errors = [CHOOSE.get(c or "", t) for c, t in self.errors.get(shown.pointer, ())]

    def _text_of(self, shown: Shown, each: ReferenceField) -> str:
        """What was typed or, if the id stands, the name of its document."""
        text = self.typed.get(TEXT + shown.pointer, "")
        if not shown.value or text != self.typed.get(SHOWN + shown.pointer, ""):
            shown.value = ""
            return text
        is_choice = MATCHES + shown.pointer in self.typed and self.is_signed_in
        document_id = parse_object_id(shown.value) if is_choice else None
        return (document_id and each.named(document_id, self.user)) or text


def kind_of(each: Field) -> str:
    """The name of the input in form_field.html."""
    if row_of(each) is not None:
        return "rows"
    match each:
        case ListField():
            return "lines"
        case ReferenceField():
            return "reference"
        case IntegerField():
            return "integer"
        case NumberField():
            return "number"
        case BooleanField():
            return "checkbox"
        case ChoiceField():
            return "select"
        case InstantField():
            return "instant"
        case PasswordField():
            return "password"
        case EmailField():
            return "email"
    is_long = each.style.get("base_template") == "textarea.html"
    return "textarea" if is_long else "text"
