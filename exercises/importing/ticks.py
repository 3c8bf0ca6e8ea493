"""Which changes of an import are ticked, as a form carries it from page to page.

A page shows some of the changes, and an import may have tens of thousands. So a form has the ticks
that its page shows, and besides them what differs from the suggestion on all pages.
"""

from collections.abc import Collection, Iterable, Iterator
from typing import Protocol

from exercises.audit import log

from .plan import Tick

FIELDS = tuple(log.CONTENT)
_BITS = {name: 1 << position for position, name in enumerate(FIELDS)}


class Posted(Protocol):
    """A form as a browser sends it."""

    def get(self, key: str, default: str) -> str | None: ...
    def getlist(self, key: str) -> list[str]: ...


def ticked_in(posted: Posted, suggested: Collection[Tick], changes: Collection[Tick]) -> set[Tick]:
    """Those of the changes that are ticked on the page that was sent, or on another."""
    ticked = set(suggested) ^ unpacked(posted.get("differing", ""))
    sent = set(posted.getlist("change"))
    for tick in unpacked(posted.get("shown", "")):
        (ticked.add if value(tick) in sent else ticked.discard)(tick)
    return ticked & set(changes)


def value(tick: Tick) -> str:
    """Of a checkbox, such as `17.level`."""
    number, name = tick
    return f"{number}.{name}"


def packed(ticks: Iterable[Tick]) -> str:
    """Such as `3.1a 17.4`: each row with its fields as bits. Thousands fit in a form."""
    masks: dict[int, int] = {}
    for number, name in ticks:
        masks[number] = masks.get(number, 0) | _BITS[name]
    return " ".join(f"{number}.{mask:x}" for number, mask in sorted(masks.items()))


def unpacked(text: str | None) -> set[Tick]:
    """What isn't packed correctly counts for nothing."""
    return {tick for part in (text or "").split() for tick in _ticks(part)}


def _ticks(part: str) -> Iterator[Tick]:
    number, _, mask = part.partition(".")
    try:
        row, bits = int(number), int(mask, 16)
    except ValueError:
        return
    yield from ((row, name) for name, bit in _BITS.items() if bits & bit)
