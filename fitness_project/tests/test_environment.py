"""An environment variable with an invalid value leads to an error of one line."""

import os
import re
import subprocess
import sys

import pytest
from django.conf import settings
from django.views.debug import get_default_exception_reporter_filter


def manage(command, var_dir, *options, **variables):
    """In a process of its own, with the service's settings instead of the tests'."""
    return subprocess.run(
        [sys.executable, "manage.py", command, *options],
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
        ("SHUTDOWN_SECONDS", "1"),
        ("WORKERS", "9" * 5000),
        ("TRUSTED_PROXIES", "10.0.0.0/8,proxy"),
        ("CORS_ALLOWED_ORIGINS", "https://app.example,http://localhost:*"),
        ("SECRET_KEY", "short"),
        ("SECRET_KEY_FALLBACKS", f"{'k' * 32}, x"),
        ("HOST", "localhost"),
        ("DEBUG", "maybe"),
        ("MONGODB_NAME", "my fitness"),
        ("EMAIL_URL", "mail.example.com"),
        ("EMAIL_URL", "smtp://ann:pa/ss@mail.example.com:587"),
    ],
)
def test_the_error_names_the_variable(tmp_path, variable, value):
    run = manage("check", tmp_path, **{variable: value})

    assert run.returncode == 1
    (line,) = run.stderr.splitlines()
    assert line.startswith("error: ")
    assert variable in line
    assert "'pa'" not in line


@pytest.mark.parametrize(
    ("uri", "reason"),
    [
        ("mongodb://ann:hush@hush@db/", "write @ as %40, / as %2F"),
        ("mongodb://ann:hush/hush@db/", "write @ as %40, / as %2F"),
        ("mongodb+srv://ann:hush/hush@db/", "write @ as %40, / as %2F"),
        ("mongodb://ann:hush?hush@db/", "write @ as %40, / as %2F"),
        ("mongodb://ann:hush%hush@db/", "% as %25"),
        ("mongodb://ann:hush@db:70000/", "between 0 and 65535"),
        ("mongodb://db/?relicaSet=rs0", "Unknown option: relicaset"),
        ("postgres://db/", "must begin with mongodb://"),
        ("mongodb://db/?w=1", "w=majority"),
        ("mongodb://db/?w=0", "w=majority"),
        ("mongodb://db/?journal=false", "journal=true"),
        ("mongodb://db/?readConcernLevel=local", "readConcernLevel=majority"),
        ("mongodb+srv://db/?readpreference=secondaryPreferred", "readPreference=primary"),
    ],
)
def test_an_unusable_uri_is_an_error_of_one_line_without_the_password(tmp_path, uri, reason):
    run = manage("check", tmp_path, MONGODB_URI=uri, SECRET_KEY="")

    assert run.returncode == 1
    (line,) = run.stderr.splitlines()
    assert line.startswith("error: MONGODB_URI")
    assert reason in line
    assert "hush" not in line


def test_a_uri_may_repeat_what_the_service_needs(tmp_path):
    options = "w=majority&journal=true&readConcernLevel=majority&readPreference=primary"

    run = manage("check", tmp_path, MONGODB_URI=f"mongodb://db/?{options}", SECRET_KEY="k" * 64)

    assert run.returncode == 0


def test_an_unreachable_database_leads_to_an_error_of_one_line(tmp_path):
    uri = "mongodb://127.0.0.1:9/"

    run = manage("import_exercises", tmp_path, MONGODB_URI=uri, SECRET_KEY="k" * 64)

    assert run.returncode == 1
    (line,) = run.stderr.splitlines()
    assert (
        line == "error: The database can't be reached: 127.0.0.1:9: [Errno 111] Connection refused."
    )


def test_debug_pages_do_not_show_passwords_of_urls():
    settings_filter = get_default_exception_reporter_filter()

    shown = settings_filter.cleanse_setting(
        "DATABASES", {"default": {"HOST": "mongodb://ann:secret@db/", "NAME": "fitness"}}
    )

    assert "secret" not in str(shown)
    assert shown["default"]["NAME"] == "fitness"
    assert "secret" not in settings_filter.cleanse_setting("MONGODB_URI", "mongodb://a:secret@db/")


def test_a_secret_key_may_begin_with_a_dollar_sign(tmp_path):
    key = "$" + "k" * 40
    code = "from django.conf import settings; print(settings.SECRET_KEY)"

    printed = subprocess.check_output(
        [sys.executable, "-c", code],
        cwd=settings.BASE_DIR,
        env=environment(tmp_path, SECRET_KEY=key),
        text=True,
    )

    assert printed.strip() == key


def test_the_check_for_deployment_sees_the_middleware_that_runs(tmp_path):
    told = manage("check", tmp_path, "--deploy")

    found = set(re.findall(r"security\.W\d+", told.stderr))
    assert {"security.W004", "security.W008"} <= found
    assert found.isdisjoint({"security.W001", "security.W002", "security.W003"})
