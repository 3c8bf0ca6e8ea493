"""What the page of an import that has ended shows."""

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import QueryDict

from exercises.audit import reading
from exercises.audit.undo import being_undone
from fitness_project.documents.ids import parse_object_id
from fitness_project.errors import Missing

from .models import LeftDocument
from .plan import RejectedRow
from .preview_page import rejected_row
from .stored import Progress

PER_PAGE = 50


@dataclass(frozen=True)
class Left:
    place: str
    what: str
    reason: str


def context(progress: Progress, query: QueryDict) -> dict[str, Any]:
    """The lists are paged, each by a parameter of its own."""
    left: Page[LeftDocument] = Paginator(progress.left, PER_PAGE).get_page(query.get("left"))
    rejected: Page[RejectedRow]
    rejected = Paginator(progress.rejected, PER_PAGE).get_page(query.get("rejected"))
    after = parse_object_id(query.get("after"))
    return {
        "left": left,
        "left_rows": [_left(row) for row in left],
        "rejected": rejected,
        "rejected_rows": [rejected_row(row) for row in rejected],
        "operation": _operation(progress),
        "is_being_undone": bool(being_undone([progress.id])),
        "page": reading.changes(after, operation=progress.id),
    }


def _operation(progress: Progress) -> reading.OperationRow | None:
    """An import that has changed nothing isn't in the log."""
    try:
        return reading.operation(progress.id)
    except Missing:
        return None


def _left(row: LeftDocument) -> Left:
    label = row["field"] and reading.LABELS[row["field"]]
    what = f"{row['name']}, {label}" if label else row["name"]
    return Left(row["place"], what, row["reason"])
