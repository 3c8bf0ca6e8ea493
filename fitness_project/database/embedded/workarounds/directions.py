"""Dates in the order in which a sorted page has them: near ones first, far ones last."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from .bounds import MILLISECOND


@dataclass(frozen=True)
class Direction:
    sign: int
    """1 for ascending dates, -1 for descending ones."""

    @property
    def near_operator(self) -> str:
        """Of a condition that leaves out what is nearer than its bound, and the bound."""
        return "$gt" if self.sign > 0 else "$lt"

    @property
    def far_operator(self) -> str:
        return "$lt" if self.sign > 0 else "$gt"

    @property
    def nearest(self) -> datetime:
        return datetime.min if self.sign > 0 else datetime.max

    def further(self, date: datetime, span: timedelta) -> datetime:
        try:
            return date + self.sign * span
        except OverflowError:
            return datetime.max if self.sign > 0 else datetime.min

    def just_past(self, date: datetime) -> datetime:
        """The exclusive bound that lets the date itself in."""
        return self.further(date, MILLISECOND)

    def furthest(self, *dates: datetime) -> datetime:
        return max(dates) if self.sign > 0 else min(dates)

    def reaches(self, date: datetime, other: datetime) -> bool:
        """Whether the date is as far as the other one, or further."""
        return self.furthest(date, other) == date


def utc(date: datetime) -> datetime:
    """Without a time zone, as dates are compared here."""
    return date.astimezone(UTC).replace(tzinfo=None) if date.tzinfo else date
