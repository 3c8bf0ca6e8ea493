"""Finds probable duplicates by their names."""

import re
from collections import Counter
from collections.abc import Container

from bson import ObjectId
from rapidfuzz.distance import OSA

from ..catalogue import catalogue
from ..models import ExerciseDocument
from ..names import words
from ..search import SHORTEST_WITH_TYPO

MAX_FOUND = 5
# `press` and `s` are no plurals.
PLURAL = re.compile(r"(?<=ch|sh|ss|.x)es$|(?<=..)(?<!s)s$")


def similar_exercises(name: str, besides: Container[ObjectId] = ()) -> list[ExerciseDocument]:
    """The exercises with the same words as the name, archived or not.

    Their order, plurals, what is joined, and one edit of one word make no difference.
    """
    wanted = words(name)
    found = catalogue.current().search(" ".join(map(_singular, wanted)))
    others = (each for each in found if each["_id"] not in besides)
    return [each for each in others if _are_similar(wanted, words(each["name"]))][:MAX_FOUND]


def _are_similar(one: list[str], other: list[str]) -> bool:
    singular, other_singular = list(map(_singular, one)), list(map(_singular, other))
    if "".join(one) == "".join(other) or "".join(singular) == "".join(other_singular):
        return True
    left = list((Counter(singular) - Counter(other_singular)).elements())
    right = list((Counter(other_singular) - Counter(singular)).elements())
    return left == right or (len(left) == len(right) == 1 and _is_one_edit(left[0], right[0]))


def _is_one_edit(word: str, other: str) -> bool:
    return min(len(word), len(other)) >= SHORTEST_WITH_TYPO and OSA.distance(word, other) == 1


def _singular(word: str) -> str:
    return PLURAL.sub("", word)
