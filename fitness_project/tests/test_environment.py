"""A value of the environment that can't be used is told in one line."""

import os
import subprocess
import sys

import pytest
from django.conf import settings


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("PORT", "eighty"),
        ("PORT", "99999"),
        ("WORKERS", "-1"),
        ("WORKERS", "9" * 5000),
        ("TRUSTED_PROXIES", "10.0.0.0/8,proxy"),
        ("SECRET_KEY", "short"),
        ("SECRET_KEY_FALLBACKS", f"{'k' * 32}, x"),
        ("HOST", "localhost"),
    ],
)
def test_what_cannot_be_used_is_told_by_name(tmp_path, variable, value):
    environment = {**os.environ, "VAR_DIR": str(tmp_path), variable: value}
    environment["DJANGO_SETTINGS_MODULE"] = "fitness_project.settings"

    told = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert told.returncode == 1
    (line,) = told.stderr.splitlines()
    assert line.startswith("error: ")
    assert variable in line
