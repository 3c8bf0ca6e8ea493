"""Decides which of a process's threads may work.

Python runs one thread at a time. If dozens of threads work at once, Python switches between them at
arbitrary moments and in no particular order. Each request then costs more, and the slowest of a
hundred takes several times as long. So only a few threads work at once. The others wait in line:
first come, first served.
"""

from collections import deque
from collections.abc import Callable
from contextlib import suppress
from threading import Lock
from typing import ParamSpec, TypeVar

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


class Turns:
    """Lets `places` threads work at once.

    A thread that has waited in line for `patience` seconds works as well. Threads that wait for a
    slow database therefore don't hold up the others for long.
    """

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
        """Returns `work(*args, **kwargs)`, called when it is this thread's turn."""
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
        with self._lock, suppress(ValueError):
            self._line.remove(called)
            return False
        return True  # It was called in the meantime.

    def _leave(self) -> None:
        """Passes the place to the first thread in line, ahead of any that arrives now."""
        with self._lock:
            if self._line:
                self._line.popleft().release()
            else:
                self._free += 1
