"""Writes exercises to files, which an import reads back without change."""

import csv
import re
from collections.abc import Callable, Iterable, Iterator
from io import StringIO
from itertools import islice
from typing import Any

from django.http import StreamingHttpResponse

from fitness_project.api.http.json import dump_json
from fitness_project.api.http.renderers import DocumentJSONRenderer
from fitness_project.documents.instants import now
from fitness_project.serving.downloads import download

from .models import ExerciseDocument
from .serializers import ExerciseSerializer


class CSVRenderer(DocumentJSONRenderer):
    """Lets clients that accept nothing but CSV export. What isn't a file is JSON all the same."""

    media_type = "text/csv"
    format = "csv"


Writer = Callable[[Iterable[ExerciseDocument]], Iterator[bytes]]

# A part is made in some milliseconds, when whoever receives the file has taken the part before.
ROWS_PER_PART = 100
OMITTED = ("id", "createdAt", "updatedAt")
# Spreadsheets take a file without this mark for one in the code page of their machine.
BYTE_ORDER_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"
# What a spreadsheet would calculate, or what an import would take for such a text. A spreadsheet
# that expects semicolons or tabs between cells finds cells, and lines, within a text.
FORMULA = re.compile(r"((?:^|[;\t\r\n])[^\S\t\r\n]*+)(?='*[=+\-@])")


def write_json(exercises: Iterable[ExerciseDocument]) -> Iterator[bytes]:
    """An array of the exercises as the API returns them, one on each line."""
    yield b"["
    separator = b"\n"
    for batch in _batches(exercises):
        yield separator + b",\n".join(dump_json(ExerciseSerializer.response(e)) for e in batch)
        separator = b",\n"
    yield b"\n]\n"


def write_csv(exercises: Iterable[ExerciseDocument]) -> Iterator[bytes]:
    """One exercise on each line. The last column, `id`, lets an import recognise renamed ones."""
    public = [name for name, _ in ExerciseSerializer.public_fields()]
    columns = [*(name for name in public if name not in OMITTED), "id"]
    yield BYTE_ORDER_MARK.encode() + _lines([columns])
    for batch in _batches(exercises):
        rows = map(ExerciseSerializer.response, batch)
        yield _lines([_cell(row[column]) for column in columns] for row in rows)


FORMATS: dict[str, tuple[str, Writer]] = {
    "json": ("application/json", write_json),
    "csv": ("text/csv; charset=utf-8", write_csv),
}


def file_response(exercises: Iterable[ExerciseDocument], form: str) -> StreamingHttpResponse:
    """A file that is made while it is received. Raises Busy."""
    content_type, write = FORMATS[form]
    return download(write(exercises), content_type, f"exercises-{now():%Y-%m-%d}.{form}")


def _batches(exercises: Iterable[ExerciseDocument]) -> Iterator[list[ExerciseDocument]]:
    rest = iter(exercises)
    return iter(lambda: list(islice(rest, ROWS_PER_PART)), [])


def _lines(rows: Iterable[list[str]]) -> bytes:
    text = StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def _cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case list():
            return _text_cell(_joined(value))
        case _:
            return _text_cell(str(value))


def _text_cell(text: str) -> str:
    return FORMULA.sub(r"\1'", text)


def _joined(items: list[str]) -> str:
    """The items with semicolons between them, or a JSON array if these would not read the same."""
    text = ";".join(items)
    is_plain = not text.startswith("[") and re.split("[;,]", text) == items
    return text if is_plain or not items else dump_json(items).decode()
