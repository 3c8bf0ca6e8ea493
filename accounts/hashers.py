"""Argon2id, at a cost chosen by measurement (docs/architecture.md)."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class PasswordHasher(Argon2PasswordHasher):
    """64 MiB, two passes, one lane: above OWASP's guidance, and one core for one hash."""

    time_cost = 2
    memory_cost = 64 * 1024
    parallelism = 1
