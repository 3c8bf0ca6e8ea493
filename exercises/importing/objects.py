"""Reads the objects of a JSON file, each with its line."""

import re
from collections.abc import Iterator
from json import JSONDecodeError, JSONDecoder
from typing import Any, NoReturn

import orjson

from .rows import BadFile, Entry

LISTS = ("exercises", "results", "data")
MAX_ROWS = 50_000
# Bounds the memory that parsing takes: 16 MiB of exercises have a fraction of these.
MAX_PARTS = 3_000_000
SPACE = re.compile(r"[ \t\r\n]*")
# Python's parser takes halves of surrogate pairs, which can't be stored.
SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not valid JSON")


DECODER = JSONDecoder(parse_constant=_refuse_constant)


def read_objects(text: str) -> list[Entry]:
    """The elements of an array, or of the array in an object's `exercises`, `results` or `data`.

    Raises BadFile.
    """
    if sum(map(text.count, "[{,")) > MAX_PARTS:
        raise BadFile(f"The file has more than {MAX_PARTS:,} values.")
    cursor = Cursor(text)
    if cursor.peek() == "{":
        cursor.go_to_list()
    return list(cursor.elements())


class Cursor:
    """A position in a JSON text."""

    def __init__(self, text: str):
        self.text = text
        self.position = 0
        self.line = 1

    def elements(self) -> Iterator[Entry]:
        """The array's elements from the position on, and checks what follows the array."""
        count = 0
        for _ in self._items("[", "]"):
            if (count := count + 1) > MAX_ROWS:
                raise BadFile(f"The file has more than {MAX_ROWS:,} exercises.")
            yield self._element()

    def go_to_list(self) -> None:
        """Goes to the first array that a member of LISTS holds."""
        for _ in self._items("{", "}"):
            key = self.value()
            self._expect(":")
            if key in LISTS and self.peek() == "[":
                return
            self.value()
        raise BadFile(
            "Expected a JSON array of exercises, or an object that has one as "
            + ", ".join(f"`{name}`" for name in LISTS)
            + "."
        )

    def peek(self) -> str:
        """The next character that isn't white space."""
        match = SPACE.match(self.text, self.position)
        end = match.end() if match else self.position
        self._go_to(end)
        return self.text[end : end + 1]

    def value(self) -> Any:
        self.peek()
        try:
            value, end = DECODER.raw_decode(self.text, self.position)
        except JSONDecodeError as error:
            self._fail(error.msg, error.pos)
        except RecursionError:
            self._fail("Too deeply nested", self.position)
        except ValueError as error:  # A number with thousands of digits, or NaN.
            self._fail(str(error).partition(";")[0], self.position)
        self._go_to(end)
        return value

    def _element(self) -> Entry:
        self.peek()
        start, line = self.position, self.line
        value = self.value()
        if not isinstance(value, dict):
            return Entry(line, {}, fault="Expected an object.")
        if SURROGATE.search(self.text, start, self.position):
            try:
                orjson.loads(self.text[start : self.position])
            except orjson.JSONDecodeError:
                return Entry(line, {}, fault=r"A character is incomplete (half of a `\u` pair).")
        return Entry(line, value)

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
            self._fail(f"Expected `{char}`", self.position)
        self.position += 1

    def _go_to(self, position: int) -> None:
        self.line += self.text.count("\n", self.position, position)
        self.position = position

    def _fail(self, fault: str, position: int) -> NoReturn:
        line = self.text.count("\n", 0, position) + 1
        raise BadFile(f"The file is not valid JSON at line {line}: {fault}.")
