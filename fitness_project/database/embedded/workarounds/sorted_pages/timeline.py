"""Dates as numbers that grow in the order in which a sorted page has them."""

from dataclasses import dataclass
from datetime import datetime

from bson.datetime_ms import DatetimeMS


@dataclass(frozen=True)
class Timeline:
    """A date's position is its milliseconds since 1970, negated if the sort is descending."""

    sign: int
    """1 for an ascending sort, -1 for a descending one."""

    def position(self, date: datetime) -> int:
        return self.sign * int(DatetimeMS(date))

    def date(self, position: float) -> DatetimeMS:
        return DatetimeMS(self.sign * int(position))

    @property
    def after(self) -> str:
        """The operator that selects the positions after a bound."""
        return "$gt" if self.sign > 0 else "$lt"

    @property
    def before(self) -> str:
        return "$lt" if self.sign > 0 else "$gt"
