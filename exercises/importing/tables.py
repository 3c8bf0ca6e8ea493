"""Reads the rows of a CSV file, each with its line."""

import csv
import io
from collections.abc import Iterator, Sequence

from .columns import COLUMNS, field_of
from .rows import BadFile, Entry

MAX_ROWS = 50_000
SEPARATORS = ",;\t|"


def read_table(text: str) -> list[Entry]:
    """The first row that isn't blank names the columns. Raises BadFile."""
    rows = _rows(text)
    line, header = next(rows, (1, []))
    _check_header(line, header)
    entries = []
    for line, cells in rows:
        if len(entries) == MAX_ROWS:
            raise BadFile(f"The file has more than {MAX_ROWS:,} exercises.")
        entries.append(_entry(line, header, cells))
    return entries


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """The rows that aren't blank, with the lines where they begin."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text), strict=True)
    line = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield line, [cell.strip() for cell in cells]
            line = reader.line_num + 1
    except csv.Error as error:
        raise BadFile(f"The file is not valid CSV at line {line}: {error}.") from None


def _separator(text: str) -> str:
    """The separator with which the most columns are known."""
    first = text.lstrip().partition("\n")[0]
    return max(SEPARATORS, key=lambda char: sum(map(bool, map(field_of, first.split(char)))))


def _check_header(line: int, header: Sequence[str]) -> None:
    if not any((found := field_of(name)) and found[0] == "name" for name in header):
        raise BadFile(
            f"Line {line} must name the columns, and one of them `name`. The others are "
            f"{', '.join(COLUMNS[1:])}."
        )


def _entry(line: int, header: Sequence[str], cells: Sequence[str]) -> Entry:
    """Missing cells leave their fields as they are. An empty cell empties its field."""
    values = dict(zip(header, cells, strict=False))
    if any(cells[len(header) :]):
        fault = f"The row has {len(cells)} cells, and the header {len(header)}."
        return Entry(line, values, fault=fault)
    return Entry(line, values)
