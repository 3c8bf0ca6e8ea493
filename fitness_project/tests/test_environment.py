"""A value of the environment that can't be used is told in one line."""

import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.views.debug import get_default_exception_reporter_filter


def manage(command, var_dir, **variables):
    """In a process of its own, with the service's settings and not the tests'."""
    return subprocess.run(
        [sys.executable, "manage.py", command],
        cwd=settings.BASE_DIR,
        env=environment(var_dir, **variables),
        capture_output=True,
        text=True,
        check=False,
    )


def environment(var_dir, **variables):
    names = {"DJANGO_SETTINGS_MODULE": "fitness_project.settings", "VAR_DIR": str(var_dir)}
    return {**os.environ, **names, **variables}


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
        ("DEBUG", "maybe"),
        ("MONGODB_NAME", "my fitness"),
        ("EMAIL_URL", "mail.example.com"),
        ("EMAIL_URL", "smtp://ann:pa/ss@mail.example.com:587"),
        ("CACHE_URL", "redis.example.com"),
    ],
)
def test_what_cannot_be_used_is_told_by_name(tmp_path, variable, value):
    told = manage("check", tmp_path, **{variable: value})

    assert told.returncode == 1
    (line,) = told.stderr.splitlines()
    assert line.startswith("error: ")
    assert variable in line
    assert "'pa'" not in line


@pytest.mark.parametrize(
    ("uri", "reason"),
    [
        ("mongodb://ann:p@ss@db/", "must be escaped"),
        ("postgres://db/", "must begin with 'mongodb://'"),
        ("mongodb://127.0.0.1:9/", "Connection refused"),
    ],
)
def test_a_database_that_cannot_be_used_is_told_in_one_line(tmp_path, uri, reason):
    told = manage("import_exercises", tmp_path, MONGODB_URI=uri, SECRET_KEY="k" * 64)

    assert told.returncode == 1
    (line,) = told.stderr.splitlines()
    assert line.startswith("error: ")
    assert reason in line
    assert "p@ss" not in line


def test_debug_pages_do_not_show_passwords_of_urls():
    settings_filter = get_default_exception_reporter_filter()

    shown = settings_filter.cleanse_setting(
        "DATABASES", {"default": {"HOST": "mongodb://ann:secret@db/", "NAME": "fitness"}}
    )

    assert "secret" not in str(shown)
    assert shown["default"]["NAME"] == "fitness"
    assert "secret" not in settings_filter.cleanse_setting("MONGODB_URI", "mongodb://a:secret@db/")


def test_a_key_is_taken_as_it_is(tmp_path):
    key = "$" + "k" * 40
    code = "from django.conf import settings; print(settings.SECRET_KEY)"

    told = subprocess.check_output(
        [sys.executable, "-c", code],
        cwd=settings.BASE_DIR,
        env=environment(tmp_path, SECRET_KEY=key),
        text=True,
    )

    assert told.strip() == key
