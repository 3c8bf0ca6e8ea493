"""A response as people read it: its fields as a list, its arrays of objects as tables."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bson import ObjectId
from django.utils.html import format_html
from django.utils.safestring import SafeString
from rest_framework import serializers

from ..fields import ReferenceField
from .references import References, Shape, id_of, inner, item, kind_of, link_to
from .values import joined, shortened, show_plain
from .words import in_words

# A cell names this many of a document's entries.
MAX_NAMED = 5
NARROW = 4


@dataclass
class Row:
    """Pairs of a head and a value. `form` deletes what the row shows."""

    cells: list[tuple[str, SafeString]]
    form: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Table:
    heads: list[str]
    rows: list[Row]

    @property
    def is_wide(self) -> bool:
        """Whether a phone has no room for so many columns."""
        return len(self.heads) > NARROW


@dataclass(frozen=True)
class Section:
    """Fields with their labels, or a table."""

    heading: str
    fields: Sequence[tuple[str, SafeString]] = ()
    table: Table | None = None


class Display:
    """Shows values as HTML, for one user."""

    def __init__(self, references: References) -> None:
        self.references = references
        self.weight_unit = getattr(references.user, "weight_unit", "kg")

    def sections(self, value: Any, shape: Shape, heading: str = "") -> Iterator[Section]:
        """The response and the objects in it, each as a section."""
        if is_table(value, shape):
            yield Section(heading, table=self.table(value, item(shape)))
        elif isinstance(value, Mapping):
            parts = {name: (each, inner(shape, name)) for name, each in value.items()}
            nested = {name: part for name, part in parts.items() if is_nested(*part)}
            fields = [
                (in_words(name), self.show(name, value, shape))
                for name in parts
                if name not in nested
            ]
            if fields or not nested:
                yield Section(heading, fields)
            for name, part in nested.items():
                title = ": ".join(filter(None, [heading, in_words(name)]))
                yield from self.sections(*part, title)
        else:
            yield Section(heading, [("", show_plain("", value))])

    def table(self, rows: Sequence[Mapping[str, Any]], shape: Shape) -> Table:
        names = columns_of(rows, shape)
        heads = [in_words(name) for name in names]
        cells = (self._row(row, names, shape) for row in rows)
        return Table(heads, [Row(list(zip(heads, row, strict=True))) for row in cells])

    def _row(self, row: Mapping[str, Any], names: Sequence[str], shape: Shape) -> list[SafeString]:
        """The first cell leads to the document, if it has an address."""
        cells = [self.show(name, row, shape, in_cell=True) for name in names]
        own_id = id_of(row.get("id"))
        if kind_of(shape) and own_id:
            text = cells[0] if row.get(names[0]) is not None else str(own_id)
            cells[0] = format_html('<a href="{}">{}</a>', link_to(kind_of(shape), own_id), text)
        return cells

    def show(
        self, name: str, row: Mapping[str, Any], shape: Shape, in_cell: bool = False
    ) -> SafeString:
        """One field of an object, beside its other fields."""
        value, field = row.get(name), inner(shape, name)
        if isinstance(value, list):
            return self._list(name, value, item(field), in_cell)
        if isinstance(field, ReferenceField) and (found := id_of(value)):
            return self.reference(field, found, copied_name(row, shape), in_cell)
        return show_plain(name, shortened(value) if in_cell else value, self.weight_unit)

    def _list(self, name: str, values: list[Any], shape: Shape, in_cell: bool) -> SafeString:
        limit = MAX_NAMED if in_cell else len(values)
        shown = [self._item(name, each, shape) for each in values[:limit]]
        if len(values) > limit:
            return format_html("{} and {} more", joined(shown), len(values) - limit)
        return joined(shown)

    def _item(self, name: str, value: Any, shape: Shape) -> SafeString:
        if isinstance(value, Mapping):
            column = columns_of([value], shape)[0]
            return self.show(column, value, shape, in_cell=True)
        if isinstance(shape, ReferenceField) and (found := id_of(value)):
            return self.reference(shape, found, None, in_cell=True)
        return show_plain(name, value)

    def reference(
        self, field: ReferenceField, document_id: ObjectId, copied: str | None, in_cell: bool
    ) -> SafeString:
        """A link with the name, and the id beside it where there is room."""
        current = self.references.name_of(field, document_id)
        if current is None:
            shown = copied or format_html("<code>{}</code>", document_id)
            return format_html("{} (deleted)", shown)
        link = format_html('<a href="{}">{}</a>', link_to(field.to, document_id), copied or current)
        return link if in_cell else format_html("{} <code>{}</code>", link, document_id)


def is_table(value: Any, shape: Shape) -> bool:
    has_objects = isinstance(item(shape), serializers.Serializer)
    return isinstance(value, list) and (has_objects or any(isinstance(v, Mapping) for v in value))


def is_nested(value: Any, shape: Shape) -> bool:
    return isinstance(value, Mapping) or is_table(value, shape)


def columns_of(rows: Sequence[Mapping[str, Any]], shape: Shape) -> Sequence[str]:
    """What a table shows of each object: what its serializer says, or all of it."""
    every = shape.fields if isinstance(shape, serializers.Serializer) else rows[0]
    return getattr(shape, "columns", ()) or tuple(every)


def copied_name(row: Mapping[str, Any], shape: Shape) -> str | None:
    """The server's copy of the name of what a row refers to. It can differ from today's name."""
    field = inner(shape, "name")
    return row.get("name") if field is not None and field.read_only else None
