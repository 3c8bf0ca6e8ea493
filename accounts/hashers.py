"""Argon2id, at a cost chosen by measurement (docs/architecture.md)."""

from threading import Semaphore

from django.contrib.auth.hashers import Argon2PasswordHasher

# A hash keeps a core busy and 64 MiB: a process makes one at a time, outside Python's lock.
_one_at_a_time = Semaphore(1)


class PasswordHasher(Argon2PasswordHasher):
    """64 MiB, two passes, one lane: above OWASP's guidance, and one core for one hash."""

    time_cost = 2
    memory_cost = 64 * 1024
    parallelism = 1

    def encode(self, password, salt):
        with _one_at_a_time:
            return super().encode(password, salt)

    def verify(self, password, encoded):
        with _one_at_a_time:
            return super().verify(password, encoded)
