"""Argon2id, at a cost chosen by measurement (docs/architecture.md)."""

from contextlib import contextmanager
from threading import Semaphore

from django.contrib.auth.hashers import Argon2PasswordHasher

from fitness_project.database.deadline import paused
from fitness_project.errors import Busy

# A hash keeps a core busy and 64 MiB: a process makes one at a time, outside Python's lock. That
# is not counted as time for the database. But whoever waits holds one of the server's threads.
_one_at_a_time = Semaphore(1)
PATIENCE_SECONDS = 1.5


@contextmanager
def _turn():
    with paused():
        if not _one_at_a_time.acquire(timeout=PATIENCE_SECONDS):
            raise Busy("Too many people sign in at this moment: try again shortly.")
        try:
            yield
        finally:
            _one_at_a_time.release()


class PasswordHasher(Argon2PasswordHasher):
    """64 MiB, two passes, one lane: above OWASP's guidance, and one core for one hash."""

    time_cost = 2
    memory_cost = 64 * 1024
    parallelism = 1

    def encode(self, password, salt):
        with _turn():
            return super().encode(password, salt)

    def verify(self, password, encoded):
        with _turn():
            return super().verify(password, encoded)
