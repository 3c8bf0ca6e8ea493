"""Finds probable duplicates of an exercise by its name."""

from collections.abc import Container

from bson import ObjectId

from exercises.catalogue import catalogue
from exercises.likeness import are_alike, singular, telling_words
from exercises.models import ExerciseDocument
from exercises.names import words

MAX_FOUND = 5


def similar_exercises(name: str, besides: Container[ObjectId] = ()) -> list[ExerciseDocument]:
    """The exercises, archived or not, that are or were called alike."""
    snapshot, wanted = catalogue.current(), telling_words(name)
    texts = dict.fromkeys([" ".join(map(singular, words(name))), " ".join(wanted)])
    found = {each["_id"]: each for text in texts for each in snapshot.search(text)}
    others = (each for each in found.values() if each["_id"] not in besides)
    return [each for each in others if _is_called_like(each, wanted)][:MAX_FOUND]


def _is_called_like(exercise: ExerciseDocument, wanted: list[str]) -> bool:
    names = [exercise["name"], *(alias["name"] for alias in exercise.get("aliases", ()))]
    return any(are_alike(wanted, telling_words(name)) for name in names)
