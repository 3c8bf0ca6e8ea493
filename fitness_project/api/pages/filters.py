"""The filters of a list as a form, with the values that exist."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import time
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from rest_framework.fields import Field
from rest_framework.request import Request
from rest_framework.response import Response

from fitness_project.documents.ids import parse_object_id

from .. import fields
from ..pagination import KeysetPagination, PageQuery
from ..problems.errors import InvalidQuery
from ..query import ExistingValues
from .labels import hint_of, label_of, told_apart
from .words import in_words, with_code

if TYPE_CHECKING:  # DRF's views import this module, because the settings name it.
    from ..strict import StrictView

READING = ("GET", "HEAD")
PAGE_SIZES = (10, 20, 50, 100)
# Tokens of the service, which links contain.
NOT_FILLED_IN = {"cursor", "since"}


@dataclass
class Filter:
    """A field of the form. `kind` says which input it has.

    `choices` are values with their labels. `suggestions` are addresses with what is there.
    `search` is the address of the list in which a script searches for names.
    """

    name: str
    label: str
    hint: str
    value: str
    kind: str = "text"
    errors: list[str] = field(default_factory=list)
    required: bool = False
    max_length: int | None = None
    search: str = ""
    choices: list[tuple[str, str]] = field(default_factory=list)
    suggestions: list[tuple[str, str]] = field(default_factory=list)

    @property
    def id(self) -> str:
        return f"filter-{self.name}"

    @property
    def pointer(self) -> str:
        """As in the errors of a problem."""
        return f"?{self.name}"

    @property
    def is_set(self) -> bool:
        """Whether it leaves anything out."""
        return bool(self.value) and self.name != "pageSize"


@dataclass(frozen=True)
class Filters:
    fields: list[Filter]

    @property
    def are_set(self) -> bool:
        return any(each.is_set for each in self.fields)

    @property
    def search(self) -> Filter | None:
        return next((each for each in self.fields if each.kind == "search"), None)

    @property
    def others(self) -> list[Filter]:
        return [each for each in self.fields if each.kind != "search"]

    def walk(self) -> list[Filter]:
        return self.fields

    @property
    def set_others(self) -> list[str]:
        """Their labels. On a phone, the fields themselves would fill the whole screen."""
        return [each.label for each in self.others if each.is_set]

    @property
    def show_others(self) -> bool:
        return any(each.errors or each.required for each in self.others)


def may_be_filtered(view: "StrictView", response: Response) -> bool:
    """Whether this is what a query returned, or says what is wrong with it."""
    return view.request.method in READING and response.status_code in (200, 400)


def query_fields(view: "StrictView") -> dict[str, Field]:
    """The parameters that people fill in for a GET of this view."""
    known = view.query_names() - NOT_FILLED_IN
    every = {**view.query().fields, **PageQuery().fields}
    return {name: each for name, each in every.items() if name in known}


def filters_of(
    view: "StrictView", request: Request, errors: Mapping[str, list[str]]
) -> Filters | None:
    """None if there is nothing to fill in. `errors` are by the names of parameters."""
    existing: ExistingValues = {}
    with suppress(InvalidQuery):
        existing = view.filter_values()
    filters = [
        _filter(name, each, request, errors.get(name, []), existing.get(name, []))
        for name, each in query_fields(view).items()
    ]
    return Filters(filters) if filters else None


def _filter(
    name: str, known: Field, request: Request, errors: list[str], existing: list[tuple[str, int]]
) -> Filter:
    shown = Filter(
        name,
        label_of(known),
        with_code(hint_of(known)),
        request.query_params.get(name, ""),
        errors=errors,
        required=known.required,
        max_length=getattr(known, "max_length", None),
    )
    if existing:
        _offer_existing(shown, existing)
    elif isinstance(known, fields.ReferenceField):
        _offer_names(shown, known, request)
    else:
        _choose_input(shown, known)
    return shown


def _choose_input(shown: Filter, known: Field) -> None:
    match known:
        case fields.QueryInstantField():
            day = _day_of(shown.value) if shown.value else ""
            if day is not None:
                shown.kind, shown.value = "date", day
        case fields.QueryBooleanField():
            shown.kind = "checkbox"
        case fields.ChoiceField():
            shown.kind, shown.choices = "select", [(v, _spoken(v)) for v in known.choices]
            if not known.required:
                shown.choices.insert(0, ("", "Default"))
        case fields.PageSizeField():
            shown.kind, shown.choices = "select", _page_sizes(shown.value)
        case _ if shown.name == "search":
            shown.kind = "search"


def _day_of(value: str) -> str | None:
    """The day of which this is the first instant. Days are easier to fill in than instants."""
    instant = fields.parse_instant(value)
    if instant is None or instant.time() != time.min:
        return None
    return instant.date().isoformat()


def _spoken(choice: str) -> str:
    """A field to sort by, or a file format."""
    if choice.startswith("-"):
        return f"{in_words(choice[1:])}, descending"
    return in_words(choice)


def _page_sizes(value: str) -> list[tuple[str, str]]:
    default = KeysetPagination.default_size
    is_size = value.isdecimal() and len(value) <= len(str(max(PAGE_SIZES)))
    sizes = sorted({*PAGE_SIZES, int(value)} if is_size else PAGE_SIZES)
    return [("" if size == default else str(size), str(size)) for size in sizes]


def _offer_existing(shown: Filter, existing: list[tuple[str, int]]) -> None:
    """Whatever the case of the value in the query, it is that of the filter."""
    shown.kind = "select"
    shown.choices = [("", "Any"), *((value, f"{value} ({count})") for value, count in existing)]
    spellings = {value.casefold(): value for value, _ in existing}
    if shown.value.casefold() in spellings:
        shown.value = spellings[shown.value.casefold()]
    elif shown.value:
        shown.choices.append((shown.value, f"{shown.value} (0)"))


def _offer_names(shown: Filter, known: fields.ReferenceField, request: Request) -> None:
    """People choose a document by its name. If it isn't clear which one, they choose a link."""
    shown.kind = "reference"
    shown.choices = _named(known.choices("", request.user))
    shown.search = reverse(f"{known.to}-list")
    document_id = parse_object_id(shown.value)
    if document_id is not None:
        shown.value = known.named(document_id, request.user) or shown.value
    elif shown.value:
        found = known.choices(shown.value, request.user)
        shown.suggestions = [
            (_address(request, shown.name, value), label) for value, label in told_apart(found)
        ]
        shown.errors = ["Which one do you mean?" if found else "Nothing here has this name."]


def _named(found: Any) -> list[tuple[str, str]]:
    return [(str(document_id), name) for document_id, name in found]


def _address(request: Request, name: str, value: str) -> str:
    """This page with another value of a filter."""
    query = request.query_params.copy()
    query[name] = value
    query.pop("cursor", None)
    return f"{request.path}?{query.urlencode()}"
