"""Settings for tests: a separate database, and password hashes that cost next to nothing."""

import os
import tempfile

# The first process of a run creates it, and the workers of pytest-xdist inherit it.
if "FITNESS_TEST_DIR" not in os.environ:
    os.environ["FITNESS_TEST_DIR"] = tempfile.mkdtemp(prefix="fitness-test-")
os.environ["VAR_DIR"] = os.environ["FITNESS_TEST_DIR"]
os.environ["SECRET_KEY"] = "a key that is long enough for every test, and for nothing else at all"

from fitness_project.settings import *  # noqa: F403

PASSWORD_HASHERS = ["accounts.tests.cheap_hasher.CheapHasher"]
# Otherwise every test client would first scan all static files.
WHITENOISE_AUTOREFRESH = True
