"""Which exercises the admin's list shows, as its address says."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal, Self
from urllib.parse import urlencode

from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import BadRequest
from django.http import HttpRequest, QueryDict

from accounts.admin_site import MAX_SEARCH_LENGTH
from exercises.catalogue import catalogue
from exercises.models import ExerciseDocument
from exercises.ranking import RANK
from exercises.selection import CURATORS_FACETS, NAME, Facet, Selection
from fitness_project.documents.ids import parse_object_id

PARAMETERS = {"q", "order", "page", *CURATORS_FACETS}

Ordering = Literal["match", "name", "changed"]


@dataclass(frozen=True)
class Listing:
    """The filters, the search and the order of a list."""

    search: str = ""
    values: Mapping[Facet, str] = field(default_factory=dict)
    ordering: Ordering = "name"

    @classmethod
    def read(cls, parameters: QueryDict) -> Self:
        """Raises BadRequest if a parameter is unknown: an action must not be for more exercises
        than its user means."""
        if not parameters.keys() <= PARAMETERS:
            raise BadRequest("The list has no such filter.")
        search = parameters.get("q", "").strip()[:MAX_SEARCH_LENGTH]
        given = {facet: parameters.get(facet, "") for facet in CURATORS_FACETS}
        values = {facet: value for facet, value in given.items() if value}
        match parameters.get("order"):
            case "name" | "changed" as ordering:
                return cls(search, values, ordering)
            case _:
                return cls(search, values, "match" if search else "name")

    def url(self, page: int | None = None, without: Facet | Literal["q"] | None = None) -> str:
        """The address of one of its pages, or of the list without a filter or the search."""
        best = "match" if self.search else "name"
        order = self.ordering if self.ordering != best else None
        parts = [("q", self.search), *self.values.items(), ("order", order), ("page", page)]
        return "?" + urlencode([part for part in parts if part[1] and part[0] != without])

    @property
    def selection(self) -> Selection:
        folded = {facet: value.casefold() for facet, value in self.values.items()}
        return Selection(self.search, folded, archived=True)

    def exercises(self) -> list[ExerciseDocument]:
        if self.ordering == "match":
            return self.selection.fetch(RANK)
        by_name = self.selection.fetch(NAME)
        if self.ordering == "name":
            return by_name
        return sorted(by_name, key=changed_at, reverse=True)


def changed_at(exercise: ExerciseDocument) -> datetime:
    """An exercise that another program stored may not say when it was changed."""
    return exercise.get("updatedAt", exercise["createdAt"]).replace(tzinfo=UTC)


def chosen(request: HttpRequest) -> list[ExerciseDocument]:
    """The exercises that an action is for, in order of name.

    They are the whole list, or those whose boxes are ticked.
    """
    known = catalogue.refreshed().by_id
    if request.POST.get("select_across") == "1":
        exercises = Listing.read(request.GET).exercises()
    else:
        ids = set(map(parse_object_id, request.POST.getlist(ACTION_CHECKBOX_NAME)))
        exercises = [known[each] for each in ids if each in known]
    return sorted(exercises, key=NAME.key)
