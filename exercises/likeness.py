"""When two names probably mean the same exercise.

The order of words, plurals, what is joined, filler words, abbreviations, and a slip of the keyboard
make no difference. Everything else does: Incline Press is another exercise than Decline Press.
"""

import re
from collections import Counter

from rapidfuzz.distance import OSA

from .names import words
from .search import SHORTEST_WITH_TYPO

# `press` and `s` are no plurals.
PLURAL = re.compile(r"(?<=ch|sh|ss|.x)es$|(?<=..)(?<!s)s$")
DIGIT = re.compile(r"\d")
FILLERS = frozenset(["a", "an", "and", "at", "for", "of", "on", "s", "the", "to", "using", "with"])
SPELLINGS = {
    "1": "one",
    "alternated": "alternate",
    "alternating": "alternate",
    "bb": "barbell",
    "calve": "calf",
    "db": "dumbbell",
    "flie": "fly",
    "flye": "fly",
    "kb": "kettlebell",
    "single": "one",
    "sitting": "seated",
}
"""Words that mean the same, in the singular."""

# Chains and chairs are one letter apart, and so are many short words. Of the long ones there are
# only abduction and adduction.
SHORTEST_WITH_WRONG_LETTER = 6


def telling_words(name: str) -> list[str]:
    """The words by which names are compared: singular, in one spelling, and without fillers."""
    found = [singular(word) for word in words(name)]
    return [SPELLINGS.get(word, word) for word in found if word not in FILLERS] or found


def singular(word: str) -> str:
    return PLURAL.sub("", word)


def are_alike(one: list[str], other: list[str]) -> bool:
    """Whether two names with these telling words probably mean the same exercise."""
    left, right = _less(one, other), _less(other, one)
    return left == right or _is_slip(left, right)


def _less(those: list[str], others: list[str]) -> str:
    """The words that the others lack, joined."""
    common, lacking = Counter(others), []
    for word in those:
        if common[word]:
            common[word] -= 1
        else:
            lacking.append(word)
    return "".join(lacking)


def _is_slip(text: str, other: str) -> bool:
    """Whether one is the other with a letter too many, too few or wrong, or two swapped ones."""
    shorter = min(len(text), len(other))
    if shorter < SHORTEST_WITH_TYPO or OSA.distance(text, other) != 1:
        return False
    if text[0] != other[0] or DIGIT.findall(text) != DIGIT.findall(other):
        return False
    has_wrong_letter = len(text) == len(other) and sorted(text) != sorted(other)
    return not has_wrong_letter or (
        shorter >= SHORTEST_WITH_WRONG_LETTER and {text[:2], other[:2]} != {"ab", "ad"}
    )
