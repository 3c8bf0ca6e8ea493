"""What became of exercises since a curator opened the page that merges them."""

from collections.abc import Iterable, Iterator, Mapping

from bson import ObjectId

from exercises.audit import reading
from exercises.catalogue import catalogue
from exercises.models import ExerciseDocument
from fitness_project.documents.revisions import revision_of


def news(
    ids: Iterable[ObjectId], opened: Mapping[ObjectId | None, ObjectId | None]
) -> Iterator[str]:
    """A sentence for each exercise that is gone, or isn't at the revision in `opened`, if any."""
    known = catalogue.current().by_id
    for exercise_id in ids:
        exercise = known.get(exercise_id)
        if exercise is None:
            yield gone(exercise_id)
        elif opened and opened.get(exercise_id) != revision_of(exercise):
            yield _changed(exercise, opened.get(exercise_id))


def gone(exercise_id: ObjectId) -> str:
    """Says that the exercise was merged into another one, or deleted."""
    snapshot = catalogue.current()
    rows = reading.changes(exerciseId=exercise_id).rows
    name = f"“{rows[0].name}”" if rows else "An exercise"
    if kept_id := snapshot.merged.get(exercise_id):
        kept = snapshot.by_id.get(kept_id)
        into = f"“{kept['name']}”" if kept else "one that has been deleted"
        return f"{name} was merged into {into}."
    return f"{name} doesn't exist any more."


def _changed(exercise: ExerciseDocument, revision: ObjectId | None) -> str:
    changes = reading.since(exercise["_id"], revision)
    people = {change.operation.who for change in changes.values() if change.operation}
    who = ", ".join(sorted(people)) or "Someone"
    labels = ", ".join(reading.LABELS.get(name, name).lower() for name in changes)
    told = f"{who} changed “{exercise['name']}” since you opened this page"
    return f"{told}: {labels}." if labels else f"{told}."
