"""Search over the catalogue in memory.

Every word of a query must match a word of the exercise: by equality, as its beginning, or by one
edit. Two neighbouring words also count as one, in the query and in the exercise, so that `pullups`
and `pull ups` find Pull-Up.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import chain, compress, pairwise
from operator import attrgetter

from bson import ObjectId
from rapidfuzz import process
from rapidfuzz.distance import OSA

from .models import ExerciseDocument
from .names import words
from .ranking import WITH_TYPO, Entry, Found, ranking

LAST_CHARACTER = "\U0010ffff"
# Shorter words are one edit from too many others.
SHORTEST_WITH_TYPO = 4

Groups = Mapping[str, Sequence[Entry]]
"""The entries by the words that find them."""

Flags = int
"""A set of entries: a byte for each entry of an index, which is 1 if the entry is in the set.

Numbers of ten thousand bytes are intersected and united in microseconds.
"""


class SearchIndex:
    """The exercises by their words. An index never changes: `updated` returns another one."""

    def __init__(self) -> None:
        self._entries: dict[ObjectId, Entry] = {}
        self._places: dict[Entry, int] = {}  # In the order of the entries.
        self._by_word: Groups = {}
        self._by_length: dict[int, list[str]] = {}  # Each list is sorted.

    def updated(self, gone: Iterable[ObjectId], new: Iterable[ExerciseDocument]) -> "SearchIndex":
        """The index without the exercises that are gone and with the new ones.

        Of a changed exercise, the old document is gone and the changed one is new.
        """
        index, added = SearchIndex(), [Entry.of(document) for document in new]
        index._entries = self._entries.copy()
        removed = {index._entries.pop(exercise_id) for exercise_id in gone}
        index._entries |= {entry.document["_id"]: entry for entry in added}
        kept = (entry for entry in self._places if entry not in removed)
        in_order = sorted([*kept, *added], key=attrgetter("order"))
        index._places = {entry: place for place, entry in enumerate(in_order)}
        fewer, more = _grouped(removed), _grouped(added)
        index._by_word = _regrouped(self._by_word, fewer, more)
        touched = fewer.keys() | more.keys()
        index._by_length = _sorted_again(self._by_length, touched, index._by_word)
        return index

    def search(self, text: str) -> Found:
        """The exercises that match, archived or not."""
        query = words(text)
        exact, matches = self._matches(query)
        by_rank: list[list[Entry]] = [[] for _ in range(WITH_TYPO)]
        rank_of = ranking(query)
        for entry in self._having(exact):
            by_rank[rank_of(entry)].append(entry)
        by_rank.append(self._having(matches ^ exact))
        ranks = b"".join(bytes([rank]) * len(entries) for rank, entries in enumerate(by_rank))
        return Found([*chain.from_iterable(by_rank)], ranks)

    def _having(self, flags: Flags) -> list[Entry]:
        return [*compress(self._places, flags.to_bytes(len(self._places), "little"))]

    def _matches(self, query: Sequence[str]) -> tuple[Flags, Flags]:
        """The exercises that every word of the query matches without a typo, and all matches.

        Each step adds a word, which matches by itself or joined with the word before it.
        """
        matches_of = cache(self._matches_of)
        everything = int.from_bytes(b"\1" * len(self._places)) if query else 0
        exact, matches = [0, everything], [0, everything]
        for before, word in pairwise(["", *query]):
            if not (matches[-1] or matches[-2]):
                return 0, 0
            alone, joined = matches_of(word), matches_of(before + word)
            exact.append(exact[-1] & alone[0] | exact[-2] & joined[0])
            matches.append(matches[-1] & alone[1] | matches[-2] & joined[1])
        return exact[-1], matches[-1]

    def _matches_of(self, word: str) -> tuple[Flags, Flags]:
        """The exercises that one word matches without a typo, and all matches."""
        exact = self._flags(self._beginning_with(word))
        return exact, exact | self._flags(self._one_edit_from(word))

    def _flags(self, found: Iterable[str]) -> Flags:
        flags = bytearray(len(self._places))
        for entry in set[Entry]().union(*(self._by_word[word] for word in found)):
            flags[self._places[entry]] = 1
        return int.from_bytes(flags, "little")

    def _beginning_with(self, word: str) -> Iterator[str]:
        for length, others in self._by_length.items():
            if length >= len(word):
                first = bisect_left(others, word)
                yield from others[first : bisect_left(others, word + LAST_CHARACTER, first)]

    def _one_edit_from(self, word: str) -> list[str]:
        """The words that one edit makes of this one, and the word itself."""
        if len(word) < SHORTEST_WITH_TYPO:
            return []
        lengths = range(max(len(word) - 1, SHORTEST_WITH_TYPO), len(word) + 2)
        candidates = [*chain.from_iterable(self._by_length.get(each, ()) for each in lengths)]
        found = process.extract(word, candidates, scorer=OSA.distance, score_cutoff=1, limit=None)
        return [other for other, *_ in found]


def _sorted_again(
    by_length: dict[int, list[str]], touched: Iterable[str], known: Container[str]
) -> dict[int, list[str]]:
    """The words of all exercises. Of the touched ones, only those in `known` are left."""
    again, touched_by_length = by_length.copy(), defaultdict(set)
    for word in touched:
        touched_by_length[len(word)].add(word)
    for length, changed in touched_by_length.items():
        kept = [word for word in by_length.get(length, ()) if word not in changed]
        again[length] = sorted([*kept, *(word for word in changed if word in known)])
    return again


def _regrouped(by_word: Groups, fewer: Groups, more: Groups) -> Groups:
    grouped = {**by_word, **more}
    for word in by_word.keys() & (fewer.keys() | more.keys()):
        removed = {*fewer.get(word, ())}
        kept = [entry for entry in by_word[word] if entry not in removed]
        grouped[word] = [*kept, *more.get(word, ())]
        if not grouped[word]:
            del grouped[word]
    return grouped


def _grouped(entries: Iterable[Entry]) -> Groups:
    grouped = defaultdict(list)
    for entry in entries:
        for word in entry.words():
            grouped[word].append(entry)
    return grouped
