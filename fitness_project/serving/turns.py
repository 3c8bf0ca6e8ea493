"""Which of a process's threads work now.

Python runs one thread at a time. Where dozens work at once, they take turns in the middle of
everything they do and in no order: each request costs more, and the slowest of a hundred takes
several times as long. So a few threads work, and the others wait in line, first come, first served.
"""

from collections import deque
from collections.abc import Callable
from threading import Lock
from typing import ParamSpec, TypeVar

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


class Turns:
    """`places` threads work at once. One that has waited in line for `patience` seconds works too,
    so that threads that wait for a slow database keep nobody from working for long."""

    def __init__(self, places: int, patience: float) -> None:
        self._free = places
        self._patience = patience
        self._line: deque[Lock] = deque()
        self._lock = Lock()

    def take(
        self,
        work: Callable[Arguments, Result],
        *args: Arguments.args,
        **kwargs: Arguments.kwargs,
    ) -> Result:
        """`work(*args, **kwargs)`, in its turn."""
        has_place = self._enter()
        try:
            return work(*args, **kwargs)
        finally:
            if has_place:
                self._leave()

    def _enter(self) -> bool:
        with self._lock:
            if self._free > 0:
                self._free -= 1
                return True
            called = Lock()
            called.acquire()
            self._line.append(called)
        if called.acquire(timeout=self._patience):
            return True
        with self._lock:
            if called not in self._line:
                return True  # It was called just now.
            self._line.remove(called)
        return False

    def _leave(self) -> None:
        """Gives the place to the first in line, before anybody who comes in between."""
        with self._lock:
            if self._line:
                self._line.popleft().release()
            else:
                self._free += 1
