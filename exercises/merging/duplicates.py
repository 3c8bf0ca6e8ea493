"""Finds the exercises that are probably the same.

Comparing each with each takes minutes among ten thousand. Names that are alike have the same
letters but for one, whatever the order of their words, so only those are compared.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from typing import Self

from bson import ObjectId

from exercises.likeness import DIGIT, are_alike, telling_words
from exercises.models import ExerciseDocument, muscles_of
from exercises.snapshot import Snapshot
from fitness_project.database.deadline import paused

# Of a block of exercises, each is compared with so many. Only a catalogue full of nonsense has
# larger ones.
MOST_COMPARED = 20
NO_TOOLS = frozenset({"", "body only", "body weight", "bodyweight", "none", "other"})

Pair = frozenset[ObjectId]
"""The ids of two exercises."""

Group = list[ExerciseDocument]
"""Exercises in order of name, each of which is probably the same as another one of them."""


@dataclass(frozen=True, eq=False)
class Compared:
    """`words` are the telling ones of the name, and `all_words` also those of the equipment."""

    id: ObjectId
    words: list[str]
    all_words: list[str]
    primary: frozenset[str]
    muscles: frozenset[str]

    @classmethod
    def of(cls, exercise: ExerciseDocument) -> Self:
        found, equipment = telling_words(exercise["name"]), exercise.get("equipment") or ""
        tools = [] if equipment.casefold() in NO_TOOLS else telling_words(equipment)
        return cls(
            exercise["_id"],
            found,
            [*found, *(tool for tool in tools if tool not in found)],
            _folded(exercise.get("primaryMuscles", [])),
            _folded(muscles_of(exercise)),
        )

    def keys(self) -> Iterator[str]:
        """Two exercises that are probably the same have one of these in common."""
        if not self.words:
            return
        digits, letters = _sorted_letters(self.words)
        yield digits + letters
        for letter in {*letters}:
            yield digits + letters.replace(letter, "", 1)
        if len(self.all_words) > len(self.words):
            yield "".join(_sorted_letters(self.all_words))


def probable_duplicates(
    snapshot: Snapshot, dismissed: Sequence[Collection[ObjectId]] = ()
) -> list[Group]:
    """The exercises, archived or not, that are probably the same, in order of name.

    Those of a group in `dismissed` are different from each other.
    """
    links: defaultdict[ObjectId, set[ObjectId]] = defaultdict(set)
    with paused():
        pairs = similar_pairs(snapshot)
    for pair in _less_dismissed(pairs, dismissed):
        for exercise_id in pair:
            links[exercise_id] |= pair
    groups = []
    while links:
        ids = _linked(links, next(iter(links)))
        groups.append(sorted(map(snapshot.by_id.__getitem__, ids), key=_order))
    return sorted(groups, key=lambda group: _order(group[0]))


def _less_dismissed(
    pairs: Iterable[Pair], dismissed: Sequence[Collection[ObjectId]]
) -> Iterator[Pair]:
    places: defaultdict[ObjectId, set[int]] = defaultdict(set)
    for place, ids in enumerate(dismissed):
        for exercise_id in ids:
            places[exercise_id].add(place)
    return (pair for pair in pairs if not set.intersection(*(places[each] for each in pair)))


def _linked(links: dict[ObjectId, set[ObjectId]], first: ObjectId) -> set[ObjectId]:
    """Takes out of `links` what is linked to the first exercise, if only by way of others."""
    found, reached = set[ObjectId](), {first}
    while reached:
        exercise_id = reached.pop()
        found.add(exercise_id)
        reached |= links.pop(exercise_id) - found
    return found


@lru_cache(maxsize=1)
def similar_pairs(snapshot: Snapshot) -> frozenset[Pair]:
    """Those that are probably the same, remembered for the latest snapshot."""
    firsts: dict[str, Compared] = {}
    others: defaultdict[str, list[Compared]] = defaultdict(list)
    for compared in map(Compared.of, snapshot.by_id.values()):
        for key in compared.keys():  # noqa: SIM118
            if firsts.setdefault(key, compared) is not compared:
                others[key].append(compared)
    candidates = {pair for key in others for pair in _pairs([firsts[key], *others[key]])}
    return frozenset(
        frozenset((one.id, other.id)) for one, other in candidates if are_the_same(one, other)
    )


def are_the_same(one: Compared, other: Compared) -> bool:
    """Whether the exercises are probably the same, by their names, muscles and equipment."""
    if "".join(one.words) == "".join(other.words):
        return True
    if one.primary and other.primary and not _share_muscles(one, other):
        return False
    return are_alike(one.words, other.words) or (
        one.primary == other.primary and sorted(one.all_words) == sorted(other.all_words)
    )


def _share_muscles(one: Compared, other: Compared) -> bool:
    """Whether a primary muscle of one is at least a secondary muscle of the other."""
    return bool(one.primary & other.muscles or other.primary & one.muscles)


def _pairs(block: Sequence[Compared]) -> Iterator[tuple[Compared, Compared]]:
    if len(block) <= MOST_COMPARED:
        yield from combinations(block, 2)
    else:
        for start in range(len(block)):
            yield from ((block[start], each) for each in block[start + 1 : start + MOST_COMPARED])


def _sorted_letters(words: Iterable[str]) -> tuple[str, str]:
    """The digits, which keep their order, and the letters."""
    text = "".join(words)
    return "".join(DIGIT.findall(text)), "".join(sorted(DIGIT.sub("", text)))


def _folded(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(map(str.casefold, texts))


def _order(exercise: ExerciseDocument) -> tuple[str, ObjectId]:
    return exercise["orderKey"], exercise["_id"]
