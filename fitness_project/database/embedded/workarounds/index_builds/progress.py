"""Shows how far something is: a bar on a terminal, elsewhere a line now and then."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import TextIO

from tqdm import tqdm

SECONDS_BETWEEN_LINES = 10


@contextmanager
def progress(
    total: int, label: str, unit: str, output: TextIO
) -> Iterator[Callable[[int], object]]:
    """Gives a function that is called with the number of things done since its last call."""
    if output.isatty():
        with tqdm(total=total, desc=label, unit=unit, unit_scale=True, file=output) as bar:
            yield bar.update
    else:
        yield _Lines(total, label, unit, output)


class _Lines:
    def __init__(self, total: int, label: str, unit: str, output: TextIO) -> None:
        self._total = total
        self._label = label
        self._unit = unit
        self._output = output
        self._done = 0
        self._last = monotonic()

    def __call__(self, count: int) -> None:
        self._done += count
        if monotonic() > self._last + SECONDS_BETWEEN_LINES:
            self._last = monotonic()
            self._output.write(f"{self._label}: {self._done:,} of {self._total:,}{self._unit}\n")
            self._output.flush()
