"""Requests generated from the schema, most of which nobody would think of."""

import json
import os
import re
import subprocess
import sys

import pytest

from fitness_project.tests.e2e.client import PASSWORD

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "5"))
FUZZ_SECONDS = 600
CATALOGUE = "^/api/exercises"
CONFIG = """
seed = 1
workers = 1
request-timeout = 60.0
headers = {{ Authorization = "Bearer {token}" }}
cache.enabled = false
checks.positive_data_acceptance.enabled = false
# A string is trimmed before its length is checked, which a schema can't say.
phases.fuzzing.checks.negative_data_rejection.enabled = false
phases.stateful.checks.negative_data_rejection.enabled = false

[generation]
max-examples = {examples}
deterministic = true
database = "none"

[dictionaries]
exercises.values = {exercises}
routines.values = {routines}
history.values = {history}
names.values = ["{name}"]
dates.values = ["2026-11-21T18:30:00Z", "1970-01-01T00:00:00+00:00"]
emails.values = ["{email}"]
passwords.values = ["{password}"]

[parameters]
"body.exercises[*].exerciseId" = {{ dictionary = "exercises", probability = 0.9 }}
"body.date" = {{ dictionary = "dates", probability = 0.7 }}
"body.routineId" = {{ dictionary = "routines", probability = 0.7 }}

# Renaming an exercise takes seconds: see exercises/services.py.
[[operations]]
include-path = "/api/exercises/{{id}}"
parameters."body.name" = {{ dictionary = "names", probability = 0.9 }}

[[operations]]
include-path = "/api/auth/register"
parameters."body.password" = {{ dictionary = "passwords", probability = 0.7 }}

[[operations]]
include-path = "/api/auth/login"
parameters."body.email" = {{ dictionary = "emails", probability = 0.7 }}
parameters."body.password" = {{ dictionary = "passwords", probability = 0.7 }}
"""
# DELETE gets no existing ids, or there would soon be nothing left to fuzz.
CONFIG_OF_PATH = """
[[operations]]
include-path = "/api/{name}/{{id}}"
exclude-method = "DELETE"
parameters."path.id" = {{ dictionary = "{name}", probability = 0.7 }}
"""


pytestmark = pytest.mark.timeout(FUZZ_SECONDS + 60)

# Each has a service of its own, because failed sign-ins count against everybody at this address.
# Each operation is fuzzed once, by a user who may do it: the catalogue is written by staff.


def test_responses_to_a_user_are_as_the_schema_says(own_service, tmp_path):
    user = own_service.register("user@example.com")

    fuzz(own_service, user, tmp_path, "--exclude-path-regex", CATALOGUE)


def test_responses_to_staff_are_as_the_schema_says(own_service, tmp_path):
    own_service.manage(
        *("createsuperuser", "--noinput"),
        DJANGO_SUPERUSER_EMAIL="staff@example.com",
        DJANGO_SUPERUSER_PASSWORD=PASSWORD,
    )
    staff = own_service.sign_in("staff@example.com")

    fuzz(own_service, staff, tmp_path, "--include-path-regex", CATALOGUE)


def fuzz(service, client, folder, *options):
    """Checks all that Schemathesis can, except that the service accepts whatever the schema
    allows: no schema can say which ids exist."""
    schema = without_examples(closed(service.call("GET", "/api/schema").json))
    (folder / "schema.json").write_text(json.dumps(schema))
    (folder / "schemathesis.toml").write_text(config(client))

    run = subprocess.run(
        [
            *(sys.executable, "-m", "schemathesis.cli", "run", "schema.json"),
            *("--url", service.url, "--no-color", *options),
        ],
        cwd=folder,
        env=service.environment,
        capture_output=True,
        text=True,
        timeout=FUZZ_SECONDS,
        check=False,
    )

    sys.stdout.write(run.stdout[run.stdout.rfind("SUMMARY") :])
    assert run.returncode == 0, run.stdout
    assert re.search(r"Selected: (\d+)/\d+\s+Tested: \1\s", run.stdout)
    # A token lives ten minutes: after that, most responses would have been a 401.
    assert client.call("GET", "/api/routines").status == 200


def closed(schema):
    """Forbids unknown keys, for which most of the generated bodies would be refused."""
    for name, component in schema["components"]["schemas"].items():
        if name.endswith("Request"):
            component.setdefault("additionalProperties", False)
    return schema


def without_examples(schema):
    """One of them deletes the account whose password this is."""
    if isinstance(schema, list):
        return [without_examples(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    return {name: without_examples(each) for name, each in schema.items() if name != "examples"}


def config(client):
    """Offers ids that exist: generated ones don't."""
    entries = client.entries()
    exercise = client.call("GET", f"/api/exercises/{entries[0]['exerciseId']}").json
    routine = {"name": "Push day", "exercises": entries}
    session = {"date": "2026-11-21T18:30:00Z", "exercises": entries}
    existing = {
        "exercises": [exercise["id"]],
        "routines": [client.call("POST", "/api/routines", routine).json["id"] for _ in range(3)],
        "history": [client.call("POST", "/api/history", session).json["id"] for _ in range(3)],
    }
    head = CONFIG.format(
        token=client.token,
        examples=EXAMPLES,
        email=client.email,
        password=PASSWORD,
        name=exercise["name"],
        **{name: json.dumps(ids) for name, ids in existing.items()},
    )
    return head + "".join(CONFIG_OF_PATH.format(name=name) for name in existing)
