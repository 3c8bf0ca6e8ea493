"""Dates as numbers that grow in the order in which a sorted page has them."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bson.datetime_ms import DatetimeMS

EPOCH = datetime(1970, 1, 1)
MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True)
class Timeline:
    """A date's position is its milliseconds since 1970, negated if the sort is descending."""

    sign: int
    """1 for an ascending sort, -1 for a descending one."""

    def position(self, date: datetime) -> int:
        if date.tzinfo is not None:
            date = date.astimezone(UTC).replace(tzinfo=None)
        return self.sign * ((date - EPOCH) // MILLISECOND)

    def date(self, position: float) -> DatetimeMS:
        return DatetimeMS(self.sign * int(position))

    @property
    def after(self) -> str:
        """The operator that selects the positions after a bound."""
        return "$gt" if self.sign > 0 else "$lt"

    @property
    def before(self) -> str:
        return "$lt" if self.sign > 0 else "$gt"
