"""The exercises as the search index has them, and how well they match."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Self, overload

from bson import ObjectId

from fitness_project.documents.order import Order

from .models import ExerciseDocument, muscles_of
from .names import words

# How well an exercise matches, best first.
EXACT_NAME, BEGINNING_OF_NAME, IN_ORDER, ALL_WORDS, WITH_TYPO = range(5)

RANK = Order(("rank", "nameLength", "orderKey", "_id"), (int, int, str, ObjectId))
"""The best match first, and among equals the shorter name."""


@dataclass(frozen=True, eq=False, slots=True)
class Entry:
    """An exercise in the index, with its name's words in two forms.

    `joined_aliases` are the words of the names that were merged into it.
    """

    document: ExerciseDocument
    joined_name: str
    spaced_name: str  # With a space before each word.
    order: tuple[int, str, ObjectId]
    joined_aliases: Collection[str] = ()

    @classmethod
    def of(cls, document: ExerciseDocument) -> Self:
        name = words(document["name"])
        order = len(document["name"]), document["orderKey"], document["_id"]
        aliases = ["".join(words(alias["name"])) for alias in document.get("aliases", ())]
        return cls(document, "".join(name), " ".join(["", *name]), order, aliases)

    def words(self) -> set[str]:
        """All words that find the exercise."""
        document = self.document
        aliases = [alias["name"] for alias in document.get("aliases", ())]
        labels = [document.get("category"), document.get("equipment"), *muscles_of(document)]
        found = {word for label in (*labels, *aliases) if label for word in _label_words(label)}
        return found.union(_with_joins(self.spaced_name.split()))

    def ranked(self, rank: int) -> ExerciseDocument:
        return {**self.document, "rank": rank, "nameLength": len(self.document["name"])}


class Found(Sequence[ExerciseDocument]):
    """Exercises sorted by RANK, whose fields they have.

    Each is made when it is accessed, because a page has only a few of them. `ranks` has one byte
    per entry.
    """

    def __init__(self, entries: Sequence[Entry], ranks: bytes) -> None:
        self._entries = entries
        self._ranks = ranks

    def __len__(self) -> int:
        return len(self._entries)

    @overload
    def __getitem__(self, place: int) -> ExerciseDocument: ...

    @overload
    def __getitem__(self, place: slice) -> "Found": ...

    def __getitem__(self, place: int | slice) -> "ExerciseDocument | Found":
        if isinstance(place, slice):
            return Found(self._entries[place], self._ranks[place])
        return self._entries[place].ranked(self._ranks[place])

    def unranked(self) -> list[ExerciseDocument]:
        """The same exercises without the fields of RANK, as the catalogue has them."""
        return [entry.document for entry in self._entries]


def _with_joins(text: Sequence[str]) -> list[str]:
    """The words, and each two neighbouring ones as one."""
    return [*text, *(one + other for one, other in pairwise(text))]


@lru_cache(10_000)
def _label_words(label: str) -> list[str]:
    return _with_joins(words(label))


def ranking(query: list[str]) -> Callable[[Entry], int]:
    """Ranks an exercise that matches without a typo."""
    joined, beginnings = "".join(query), [f" {word}" for word in query]

    def rank(entry: Entry) -> int:
        if joined in entry.joined_aliases:
            return EXACT_NAME
        if entry.joined_name.startswith(joined):
            return EXACT_NAME if joined == entry.joined_name else BEGINNING_OF_NAME
        if _follow(beginnings, entry.spaced_name) or _is_in_order(query, entry):
            return IN_ORDER
        return ALL_WORDS

    return rank


def _follow(parts: Iterable[str], text: str) -> bool:
    """Whether the text has the parts in this order. Others may stand between."""
    place = 0
    for part in parts:
        place = text.find(part, place) + 1
        if not place:
            return False
    return True


def _is_in_order(query: Sequence[str], entry: Entry) -> bool:
    """Whether the name has the words of the query in this order, if some of them are joined."""
    if len(query) > 2 * entry.spaced_name.count(" "):
        return False
    for word in query:
        if word not in entry.joined_name:
            return False
    # For each word of the query, how many words of the name it takes to find the words up to it.
    name = entry.spaced_name.split()
    taken = [len(name) + 1, 0]
    for before, word in pairwise(["", *query]):
        taken.append(min(_find(word, name, taken[-1]), _find(before + word, name, taken[-2])))
        if min(taken[-2:]) > len(name):
            return False
    return taken[-1] <= len(name)


def _find(word: str, name: Sequence[str], start: int) -> int:
    """The place after the words that match, or beyond the end of the name."""
    for place in range(start, len(name)):
        if name[place].startswith(word):
            return place + 1
        if word.startswith(name[place]) and "".join(name[place : place + 2]).startswith(word):
            return place + 2
    return len(name) + 1
