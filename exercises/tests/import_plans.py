"""Rows of files, and what importing them would change."""

from exercises import services
from exercises.audit.operations import Kind, Operation
from exercises.importing.files.rows import FileRow
from exercises.importing.plan import make_plan
from exercises.models import Exercise
from exercises.tests.factories import some_operation


def rows(*all_fields):
    """One row a line, from the first line."""
    return [FileRow(line, fields) for line, fields in enumerate(all_fields, start=1)]


def plan_of(*all_fields):
    return make_plan(rows(*all_fields))


def own_row(exercise, **fields):
    """A row of this service's export."""
    return FileRow(1, fields, exercise_id=exercise.pk)


def changes_of(plan):
    (row,) = plan.changed
    return {change.field: (change.old, change.new) for change in row.changes}


def rejected(plan):
    return [(row.place, row.reason) for row in plan.rejected]


def counts(plan):
    return len(plan.new), len(plan.changed), plan.unchanged, len(plan.rejected)


def by_hand(user, exercise, **fields):
    services.change_exercise(Operation(Kind.FORM, user.pk), exercise.pk, fields)


def by_import(**fields):
    """An exercise that an earlier import has added."""
    stored = services.create_exercise(some_operation(), {"name": "Squat", **fields})
    return Exercise.objects.get(pk=stored["_id"])
