"""The filters that the admin's list offers, with how many exercises each would leave."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from exercises.facets import ValueCount, count_facets
from exercises.selection import CURATORS_FACETS, FACETS, NONE, Facet

from .listing import Listing

LABELS: Mapping[Facet, str] = {
    "category": "Category",
    "equipment": "Equipment",
    "level": "Level",
    "muscle": "Muscle",
    "archived": "Archived",
    "description": "No description",
    "picture": "No picture",
    "muscles": "No muscles",
}


@dataclass(frozen=True)
class Option:
    value: str
    count: int
    is_chosen: bool

    @property
    def number(self) -> str:
        return f"{self.count:,}"


@dataclass(frozen=True)
class Filter:
    """`removal` is the address of the list without the filter, if it is in use."""

    name: Facet
    label: str
    options: list[Option]
    removal: str | None

    @property
    def is_box(self) -> bool:
        """Whether it is a box to tick rather than a choice of values."""
        return [option.value for option in self.options] == [NONE]

    @property
    def in_use(self) -> str:
        """Such as `Level: beginner` or `No picture`."""
        value = next((option.value for option in self.options if option.is_chosen), NONE)
        return self.label if value == NONE else f"{self.label}: {value}"


def filters(listing: Listing) -> list[Filter]:
    counts = count_facets(listing.selection, CURATORS_FACETS)
    return [_filter(listing, facet, counts[facet]) for facet in CURATORS_FACETS]


def _filter(listing: Listing, facet: Facet, counted: Sequence[ValueCount]) -> Filter:
    chosen = listing.values.get(facet, "")
    counts = {each["value"]: each["count"] for each in counted}
    for value in _always_offered(facet, chosen):
        if value.casefold() not in map(str.casefold, counts):
            counts[value] = 0
    options = [
        Option(value, count, is_chosen=value.casefold() == chosen.casefold())
        for value, count in counts.items()
    ]
    removal = listing.url(without=facet) if chosen else None
    return Filter(facet, LABELS[facet], options, removal)


def _always_offered(facet: Facet, chosen: str) -> list[str]:
    """The values that are offered even where no exercise has them."""
    if facet in FACETS:
        return [chosen] if chosen else []
    return ["no", "yes"] if facet == "archived" else [NONE]
