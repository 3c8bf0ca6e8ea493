"""Reads the rows of a CSV file, each with its line."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from .columns import COLUMNS, MAX_LENGTH, field_of, plain
from .languages import is_name, without_suffix
from .rows import MAX_COLUMNS, MAX_ROWS, BadFile, Entry, too_many_rows

SEPARATORS = ",;\t|"
# Excel's way of naming the separator.
SEPARATOR_LINE = re.compile(r'"?sep=([^"\r\n])"?[ \t]*[\r\n]', re.IGNORECASE)
MAX_LINE = 1_000_000
MAX_LINES = 1_000_000
MAX_CELLS = 1_200_000  # Bounds the time: 50,000 exercises can have 24 columns.
# Tools that flatten JSON write lists in columns such as `instructions/0` and `instructions/1`.
NUMBERED = re.compile(r"(.+?)[/.]\d{1,3}")
LISTED = ("description", "equipment", "primaryMuscles", "secondaryMuscles")
# A spreadsheet would take the text for a formula without the first apostrophe.
ESCAPED = re.compile(r"((?:^|[;\t\r\n])[^\S\t\r\n]*+)'(?='*[=+\-@])")


def read_table(text: str) -> list[Entry]:
    """The first row that isn't blank names the columns. Raises BadFile."""
    match = SEPARATOR_LINE.match(text.lstrip()[:100])
    rows = _rows(text, match[1] if match else _separator(text))
    if match:
        next(rows)
    line, cells = next(rows, (1, []))
    header = _header(line, cells)
    lists = {name for name, cell in zip(header, cells, strict=True) if cell and name != cell}
    entries: list[Entry] = []
    for line, cells in rows:
        if len(entries) == MAX_ROWS:
            raise too_many_rows()
        entries.append(_entry(line, header, lists, cells))
    return entries


def _rows(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """The rows that aren't blank, with the lines where they begin."""
    reader = csv.reader(_lines(text), delimiter=separator, strict=True)
    line, count = 1, 0
    try:
        for cells in reader:
            count += len(cells)
            if count > MAX_CELLS:
                raise BadFile(f"The file has more than {MAX_CELLS:,} cells. Import it in parts.")
            cells = [_cell(cell) for cell in cells]
            if any(cells):
                yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        raise BadFile(f"The file is not valid CSV: {_explain(error, line)}") from None


def _lines(text: str) -> Iterator[str]:
    for number, line in enumerate(io.StringIO(text, newline=""), start=1):
        if len(line) > MAX_LINE:
            raise BadFile(f"Line {number} is longer than {MAX_LINE:,} characters.")
        if number > MAX_LINES:
            raise BadFile(f"The file has more than {MAX_LINES:,} lines. Import it in parts.")
        yield line


def _separator(text: str) -> str:
    """The separator with which the most columns are known."""
    first = text.lstrip()[:MAX_LINE].splitlines()[0] if text.strip() else ""
    return max(SEPARATORS, key=lambda char: _count_known(first.split(char)))


def _count_known(columns: list[str]) -> int:
    return sum(_is_known(column.strip(' "')) for column in columns)


def _is_known(column: str) -> bool:
    return plain(column) == "id" or field_of(without_suffix(_list_name(column))) is not None


def _list_name(column: str) -> str:
    """`instructions` for `instructions/0`, whose cells make a list with those of its neighbours."""
    match = NUMBERED.fullmatch(column) if len(column) <= MAX_LENGTH else None
    found = field_of(match[1]) if match else None
    return match[1] if match and found and found[0] in LISTED else column


def _cell(cell: str) -> str:
    text = cell.strip()
    return ESCAPED.sub(r"\1", text) if "'" in text else text


def _explain(error: csv.Error, line: int) -> str:
    if "end of data" in str(error) or "larger than" in str(error):
        return f"a quotation mark that opens in the row of line {line} is not closed."
    return f"{error} (in the row that begins at line {line})."


def _header(line: int, cells: Sequence[str]) -> list[str]:
    if len(cells) > MAX_COLUMNS:
        raise BadFile(f"Line {line} names more than {MAX_COLUMNS:,} columns.")
    names = Counter(map(plain, filter(_is_known, cells)))
    repeated = [cell for cell in cells if names[plain(cell)] > 1]
    if repeated:
        raise BadFile(f"Line {line} names the column {repeated[0]!r} twice.")
    if not any(is_name(without_suffix(cell)) for cell in cells):
        raise BadFile(
            f"Line {line} must name the columns, and one of them `name`. Others can be "
            f"{', '.join(COLUMNS[1:])}."
        )
    return [_list_name(cell) or f"column {number}" for number, cell in enumerate(cells, start=1)]


def _entry(line: int, header: Sequence[str], lists: set[str], cells: Sequence[str]) -> Entry:
    """Missing cells leave their fields as they are. An empty cell empties its field."""
    pairs = list(zip(header, cells, strict=False))
    values: dict[str, Any] = dict(pairs)
    for name in lists & values.keys():
        values[name] = [cell for key, cell in pairs if key == name and cell]
    fault = None
    if any(cells[len(header) :]):
        fault = f"The row has {len(cells)} cells, but the header names {len(header)} columns."
    return Entry(line, values, fault=fault)
