"""Search over the catalogue in memory.

Every word of a query must match a word of the exercise: by equality, as its beginning, or by one
edit. Two neighbouring words also count as one, in the query and in the exercise, so that `pullups`
and `pull ups` find Pull-Up.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from operator import attrgetter, itemgetter
from typing import Self

from bson import ObjectId
from rapidfuzz import process
from rapidfuzz.distance import OSA

from fitness_project.documents.order import Order

from .models import ExerciseDocument, muscles_of
from .names import words

LAST_CHARACTER = "\U0010ffff"
# Shorter words are one edit from too many others.
SHORTEST_WITH_TYPO = 4

# How well an exercise matches, best first.
EXACT_NAME, BEGINNING_OF_NAME, IN_ORDER, ALL_WORDS, WITH_TYPO = range(5)

RANK = Order(("rank", "nameLength", "orderKey", "_id"), (int, int, str, ObjectId))
"""The best match first, and among equals the shorter name."""


@dataclass(frozen=True, eq=False, slots=True)
class Entry:
    """An exercise in the index, with the words of its name and all words that find it."""

    document: ExerciseDocument
    name: list[str]
    joined_name: str
    words: frozenset[str]
    order: tuple[int, str, ObjectId]

    @classmethod
    def of(cls, document: ExerciseDocument) -> Self:
        name = words(document["name"])
        labels = [document.get("category"), document.get("equipment"), *muscles_of(document)]
        found = frozenset(_with_joins(name)).union(*(_label_words(each or "") for each in labels))
        order = len(document["name"]), document["orderKey"], document["_id"]
        return cls(document, name, "".join(name), found, order)

    def ranked(self, rank: int) -> ExerciseDocument:
        return {**self.document, "rank": rank, "nameLength": len(self.document["name"])}


Entries = frozenset[Entry]
NO_ENTRIES: Entries = frozenset()


class SearchIndex:
    """The exercises by their words. An index never changes: `updated` returns another one."""

    def __init__(self) -> None:
        self._entries: dict[ObjectId, Entry] = {}
        self._by_word: dict[str, Entries] = {}
        self._by_length: dict[int, list[str]] = {}  # Each list is sorted.

    def updated(self, gone: Iterable[ObjectId], new: Iterable[ExerciseDocument]) -> "SearchIndex":
        """The index without the exercises that are gone and with the new ones.

        Of a changed exercise, the old document is gone and the changed one is new.
        """
        index, added = SearchIndex(), [Entry.of(document) for document in new]
        index._entries = self._entries.copy()
        removed = [index._entries.pop(exercise_id) for exercise_id in gone]
        index._entries |= {entry.document["_id"]: entry for entry in added}
        index._by_word = _regrouped(self._by_word, removed, added)
        touched = {word for entry in (*removed, *added) for word in entry.words}
        index._by_length = _sorted_again(self._by_length, touched, index._by_word)
        return index

    def search(self, text: str) -> list[ExerciseDocument]:
        """The exercises that match, archived or not, sorted by RANK, whose fields they have."""
        query = words(text)
        exact, all_matches = self._matches(query)
        shortest_first = sorted(all_matches, key=attrgetter("order"))
        ranked = [
            entry.ranked(_rank(query, entry) if entry in exact else WITH_TYPO)
            for entry in shortest_first
        ]
        return sorted(ranked, key=itemgetter("rank"))

    def _matches(self, query: Sequence[str]) -> tuple[Entries, Entries]:
        """The exercises that every word of the query matches without a typo, and all matches.

        Each step adds a word, which matches by itself or joined with the word before it.
        """
        matches_of = cache(self._matches_of)
        everything = frozenset(self._entries.values()) if query else NO_ENTRIES
        exact, matches = [NO_ENTRIES, everything], [NO_ENTRIES, everything]
        for before, word in pairwise(["", *query]):
            if not (matches[-1] or matches[-2]):
                return NO_ENTRIES, NO_ENTRIES
            alone, joined = matches_of(word), matches_of(before + word)
            exact.append(exact[-1] & alone[0] | exact[-2] & joined[0])
            matches.append(matches[-1] & alone[1] | matches[-2] & joined[1])
        return exact[-1], matches[-1]

    def _matches_of(self, word: str) -> tuple[Entries, Entries]:
        """The exercises that one word matches without a typo, and all matches."""
        exact = self._having(self._beginning_with(word))
        return exact, exact | self._having(self._one_edit_from(word))

    def _having(self, found: Iterable[str]) -> Entries:
        return NO_ENTRIES.union(*(self._by_word[word] for word in found))

    def _beginning_with(self, word: str) -> Iterator[str]:
        for length, others in self._by_length.items():
            if length >= len(word):
                first = bisect_left(others, word)
                yield from others[first : bisect_left(others, word + LAST_CHARACTER, first)]

    def _one_edit_from(self, word: str) -> list[str]:
        """The words that one edit makes of this one, and the word itself."""
        lengths = (len(word) - 1, len(word), len(word) + 1)
        candidates = [
            other
            for length in lengths
            if min(length, len(word)) >= SHORTEST_WITH_TYPO
            for other in self._by_length.get(length, ())
        ]
        found = process.extract(word, candidates, scorer=OSA.distance, score_cutoff=1, limit=None)
        return [other for other, *_ in found]


def _with_joins(text: Sequence[str]) -> list[str]:
    """The words, and each two neighbouring ones as one."""
    return [*text, *(one + other for one, other in pairwise(text))]


@lru_cache(10_000)
def _label_words(label: str) -> list[str]:
    return _with_joins(words(label))


def _sorted_again(
    by_length: dict[int, list[str]], touched: set[str], known: Container[str]
) -> dict[int, list[str]]:
    """The words of all exercises. Of the touched ones, only those in `known` are left."""
    again = {length: others.copy() for length, others in by_length.items()}
    for word in touched:
        others = again.setdefault(len(word), [])
        place = bisect_left(others, word)
        is_there = others[place : place + 1] == [word]
        if is_there and word not in known:
            del others[place]
        elif word in known and not is_there:
            others.insert(place, word)
    return again


def _regrouped(
    by_word: dict[str, Entries], removed: Iterable[Entry], added: Iterable[Entry]
) -> dict[str, Entries]:
    grouped, fewer, more = by_word.copy(), _grouped(removed), _grouped(added)
    for word in fewer.keys() | more.keys():
        grouped[word] = by_word.get(word, NO_ENTRIES) - fewer[word] | more[word]
        if not grouped[word]:
            del grouped[word]
    return grouped


def _grouped(entries: Iterable[Entry]) -> defaultdict[str, set[Entry]]:
    grouped = defaultdict(set)
    for entry in entries:
        for word in entry.words:
            grouped[word].add(entry)
    return grouped


def _rank(query: list[str], entry: Entry) -> int:
    """The rank of an exercise that matches without a typo."""
    if query == entry.name:
        return EXACT_NAME
    if entry.joined_name.startswith("".join(query)):
        return BEGINNING_OF_NAME
    if all(word in entry.joined_name for word in query) and _is_in_order(query, entry.name):
        return IN_ORDER
    return ALL_WORDS


def _is_in_order(query: Sequence[str], name: Sequence[str]) -> bool:
    """Whether the name has the words of the query in this order. Others may stand between."""
    # For each word of the query, how many words of the name it takes to find the words up to it.
    taken = [len(name) + 1, 0]
    for before, word in pairwise(["", *query]):
        taken.append(min(_find(word, name, taken[-1]), _find(before + word, name, taken[-2])))
    return taken[-1] <= len(name)


def _find(word: str, name: Sequence[str], start: int) -> int:
    """The place after the words that match, or beyond the end of the name."""
    for place in range(start, len(name)):
        if name[place].startswith(word):
            return place + 1
        if word.startswith(name[place]) and "".join(name[place : place + 2]).startswith(word):
            return place + 2
    return len(name) + 1
