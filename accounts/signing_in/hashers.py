"""Argon2id, at a cost chosen by measurement (docs/architecture.md)."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Semaphore

from django.contrib.auth.hashers import Argon2PasswordHasher

from fitness_project.database.deadline import paused
from fitness_project.errors import Busy

# A hash takes a core and 64 MiB, and is computed without Python's lock. Each process therefore
# computes one at a time. Waiting doesn't count towards the request's time for the database, but
# occupies one of the server's threads, so it is bounded.
_one_at_a_time = Semaphore(1)
PATIENCE_SECONDS = 1.5


@contextmanager
def _turn() -> Iterator[None]:
    with paused():
        if not _one_at_a_time.acquire(timeout=PATIENCE_SECONDS):
            raise Busy("Too many people are signing in at the moment. Try again shortly.")
        try:
            yield
        finally:
            _one_at_a_time.release()


class PasswordHasher(Argon2PasswordHasher):
    """64 MiB, two passes, one lane: above OWASP's guidance, with one core for one hash."""

    time_cost = 2
    memory_cost = 64 * 1024
    parallelism = 1

    def encode(self, password: str, salt: str) -> str:
        with _turn():
            return super().encode(password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        with _turn():
            return super().verify(password, encoded)
