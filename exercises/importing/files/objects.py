"""Reads the objects of a JSON file, each with its line."""

import re
from collections.abc import Iterator
from json import JSONDecodeError, JSONDecoder
from typing import Any, NoReturn

import orjson

from .rows import MAX_COLUMNS, MAX_ROWS, BadFile, Entry, too_many_rows

LISTS = ("exercises", "results", "data")
# Bounds the memory that parsing takes: 16 MiB of exercises have a fraction of these.
MAX_PARTS = 3_000_000
SPACE = re.compile(r"[ \t\r\n]*")
# Python's parser takes halves of surrogate pairs, which can't be stored.
SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


def read_objects(text: str) -> list[Entry]:
    """The elements of an array, or of the array in an object's `exercises`, `results` or `data`.

    Raises BadFile.
    """
    if sum(map(text.count, "[{,")) > MAX_PARTS:
        raise BadFile(f"The file has more than {MAX_PARTS:,} values. Import it in parts.")
    cursor = Cursor(text)
    entries = list(cursor.elements()) if cursor.peek() == "[" else cursor.member_elements()
    if cursor.peek():
        cursor.fail("Expected the end of the file")
    return entries


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a value")


DECODER = JSONDecoder(parse_constant=_refuse_constant)


class Cursor:
    """A position in a JSON text. Its methods raise BadFile."""

    def __init__(self, text: str):
        self.text = text
        self.position = 0
        self.line = 1
        self.keys: set[str] = set()

    def elements(self) -> Iterator[Entry]:
        """The elements of the array that begins here."""
        for count, _ in enumerate(self._items("[", "]")):
            if count == MAX_ROWS:
                raise too_many_rows()
            yield self._element()

    def member_elements(self) -> list[Entry]:
        """The elements of the first array that the object here has as one of LISTS."""
        found = None
        for _ in self._items("{", "}"):
            key = self._value()
            self._expect(":")
            if found is None and key in LISTS and self.peek() == "[":
                found = list(self.elements())
            else:
                self._value()
        if found is None:
            names = ", ".join(f"`{name}`" for name in LISTS)
            raise BadFile(f"Expected a JSON array of exercises, or an object with one in {names}.")
        return found

    def peek(self) -> str:
        """The next character that isn't white space, or an empty string at the end."""
        match = SPACE.match(self.text, self.position)
        self._go_to(match.end() if match else self.position)
        return self.text[self.position : self.position + 1]

    def fail(self, fault: str) -> NoReturn:
        raise BadFile(f"The file is not valid JSON at line {self.line}: {fault}.")

    def _element(self) -> Entry:
        self.peek()
        start, line = self.position, self.line
        value = self._value()
        if not isinstance(value, dict):
            return Entry(line, {}, fault="Expected an object.")
        self.keys.update(value)
        if len(self.keys) > MAX_COLUMNS:
            raise BadFile(f"The file's objects have more than {MAX_COLUMNS:,} different keys.")
        if SURROGATE.search(self.text, start, self.position):
            try:
                orjson.loads(self.text[start : self.position])
            except orjson.JSONDecodeError:
                return Entry(line, {}, fault=r"A character is incomplete: half a pair of `\u`.")
        return Entry(line, value)

    def _value(self) -> Any:
        self.peek()
        try:
            value, end = DECODER.raw_decode(self.text, self.position)
        except JSONDecodeError as error:
            self._go_to(error.pos)
            self.fail(error.msg.removesuffix(" at"))
        except RecursionError:
            self.fail("Nested too deeply")
        except ValueError as error:  # NaN, or an integer of thousands of digits.
            self.fail(str(error).partition(";")[0])
        self._go_to(end)
        return value

    def _items(self, opening: str, closing: str) -> Iterator[None]:
        self._expect(opening)
        if self.peek() != closing:
            yield
            while self.peek() == ",":
                self._expect(",")
                yield
        self._expect(closing)

    def _expect(self, char: str) -> None:
        if self.peek() != char:
            self.fail(f"Expected `{char}`")
        self.position += 1

    def _go_to(self, position: int) -> None:
        self.line += self.text.count("\n", self.position, position)
        self.position = position
