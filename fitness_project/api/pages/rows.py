"""Rows of a form: `exercises/2/sets` is a field in the third row of `exercises`."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping

from .typed import MATCHES, ROW, SHOWN, TEXT, Typed

IN_ROW = re.compile(
    rf"((?:{TEXT}|{SHOWN}|{MATCHES}|{ROW})?)([A-Za-z]+)/(\d{{1,9}})((?:/.*)?)",
    re.DOTALL | re.ASCII,
)
OF_ROW = re.compile(r"([A-Za-z]+)/(\d{1,9})", re.ASCII)
LIST = re.compile(r"[A-Za-z]+")


def count_rows(typed: Typed, name: str) -> int:
    return len(_indices(typed)[name])


def numbered(typed: Typed) -> Typed:
    """Numbers the rows of each list from 0, so that the largest number says nothing."""
    return _renumbered(typed, _indices(typed))


def without_blank(typed: Typed) -> Typed:
    """Leaves out rows in which nothing was typed."""
    filled = {
        (name, index)
        for prefix, name, index, _, text in _in_rows(typed)
        if text.strip() and prefix not in (SHOWN, ROW)
    }
    kept = {
        name: [index for index in indices if (name, index) in filled]
        for name, indices in _indices(typed).items()
    }
    return _renumbered(typed, kept)


def edited(typed: Typed, button: str, target: str) -> Typed:
    """What a button of the form makes of it: `_add` of a list, or another one of a row."""
    if button == "_add" and LIST.fullmatch(target):
        return {**typed, f"{ROW}{target}/{count_rows(typed, target)}": ""}
    row = OF_ROW.fullmatch(target)
    if row is None:
        return typed
    name, index = row[1], int(row[2])
    order = _indices(typed)
    if index not in order[name]:
        return typed
    return _renumbered(typed, {**order, name: _moved(order[name], index, button)})


def _moved(order: list[int], index: int, button: str) -> list[int]:
    others = [each for each in order if each != index]
    match button:
        case "_remove":
            return others
        case "_up":
            others.insert(max(index - 1, 0), index)
        case "_down":
            others.insert(index + 1, index)
        case _:
            return order
    return others


def _in_rows(typed: Typed) -> Iterable[tuple[str, str, int, str, str]]:
    """The parts of the keys that are in rows: prefix, list, index, rest; and the text."""
    for key, text in typed.items():
        if found := IN_ROW.fullmatch(key):
            yield found[1], found[2], int(found[3]), found[4], text


def _indices(typed: Typed) -> dict[str, list[int]]:
    """The rows that each list has, in ascending order."""
    found = defaultdict[str, set[int]](set)
    for _, name, index, _, _ in _in_rows(typed):
        found[name].add(index)
    return defaultdict(list, {name: sorted(indices) for name, indices in found.items()})


def _renumbered(typed: Typed, order: Mapping[str, list[int]]) -> Typed:
    """The rows in this order, and none but those in it."""
    places = {(n, i): place for n, indices in order.items() for place, i in enumerate(indices)}
    others = {key: text for key, text in typed.items() if not IN_ROW.fullmatch(key)}
    return others | {
        f"{prefix}{name}/{places[name, index]}{rest}": text
        for prefix, name, index, rest, text in _in_rows(typed)
        if (name, index) in places
    }
