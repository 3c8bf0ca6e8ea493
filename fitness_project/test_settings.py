"""The settings, for tests: a database of their own, and hashes that cost next to nothing."""

import os
import tempfile

# Made by the first process of a run; pytest-xdist's workers inherit it.
if "FITNESS_TEST_DIR" not in os.environ:
    os.environ["FITNESS_TEST_DIR"] = tempfile.mkdtemp(prefix="fitness-test-")
os.environ["VAR_DIR"] = os.environ["FITNESS_TEST_DIR"]
os.environ["SECRET_KEY"] = "a key that is long enough for every test, and for nothing else at all"

from fitness_project.settings import *  # noqa: F403

PASSWORD_HASHERS = ["fitness_project.test_settings.CheapHasher"]
# Every test client would else look through all static files first.
WHITENOISE_AUTOREFRESH = True

from accounts.hashers import PasswordHasher


class CheapHasher(PasswordHasher):
    time_cost = 1
    memory_cost = 8
