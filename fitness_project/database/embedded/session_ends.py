"""Ends the sessions of killed processes, and with them their open transactions."""

import time

from .server import Server

# A killed process's last commands may still be running. If a transaction is ended at the moment
# when a command begins in it, the server may keep its documents locked: hence twice, and not
# immediately.
DELAYS = (1.0, 5.0)
RETRY_SECONDS = 1.0


class SessionEnds:
    def __init__(self, server: Server) -> None:
        self.server = server
        self._scheduled: list[tuple[float, set[bytes]]] = []

    def schedule(self, sessions: set[bytes]) -> None:
        if sessions:
            now = time.monotonic()
            self._scheduled += [(now + delay, sessions) for delay in DELAYS]

    def seconds_left(self) -> float:
        """The time until the next one is due."""
        return min((due for due, _ in self._scheduled), default=float("inf")) - time.monotonic()

    def run_due(self) -> None:
        now = time.monotonic()
        due = [sessions for when, sessions in self._scheduled if when <= now]
        self._scheduled = [entry for entry in self._scheduled if entry[0] > now]
        for sessions in due:
            if not self.server.end_sessions(sessions):
                self._scheduled.append((now + RETRY_SECONDS, sessions))

    def clear(self) -> None:
        self._scheduled.clear()
