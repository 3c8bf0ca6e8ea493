"""Who works now, of the threads of a process.

Python runs one thread at a time. Where dozens work at once they take it from one another in the
middle of all they do, and in no order: a request costs more, and the slowest of a hundred takes
several times as long. So few work, and the others stand in line, first come, first served.
"""

from collections import deque
from threading import Lock


class Turns:
    """`places` work at once; who has stood in line for `patience` seconds works too.

    So those who wait for a slow database keep nobody from working for long.
    """

    def __init__(self, places: int, patience: float):
        self._free = places
        self._patience = patience
        self._line = deque()
        self._lock = Lock()

    def take(self, work, *args):
        """`work(*args)`, in its turn."""
        has_place = self._enter()
        try:
            return work(*args)
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
                return True  # Called just now.
            self._line.remove(called)
        return False

    def _leave(self):
        """The place goes to the first in line, and to nobody who comes in between."""
        with self._lock:
            if self._line:
                self._line.popleft().release()
            else:
                self._free += 1
