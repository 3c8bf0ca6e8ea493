"""A start that was killed while it migrated doesn't keep later starts from working."""

import json
import os
import subprocess
import sys

import pytest

from .conftest import PATIENCE, PROJECT

# Each attempt is a child process with a database of its own.
MIGRATE_AND_KILL = """
import json, os, sys
from datetime import timedelta

import django
from pymongo import monitoring

django.setup()
from django.core.management import call_command
from django.db import connection, connections
from fitness_project.database import start_lease

start_lease.LIFETIME = timedelta(seconds=0.5)
start_lease.RENEWAL_SECONDS = 0.1

class Killer(monitoring.CommandListener):
    done, last = 0, None
    def started(self, event):
        pass
    def succeeded(self, event):
        Killer.done += event.command_name not in ("hello", "find")
        if Killer.done == Killer.last:
            os._exit(9)
    failed = succeeded

def in_child(work, name):
    pid = os.fork()
    if not pid:
        connections.settings["default"]["NAME"] = name
        work()
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])

def migrate(last=None):
    Killer.last = last
    monitoring.register(Killer())
    call_command("migrate", verbosity=0)

def contents():
    database = connection.database
    print(json.dumps({
        name: [sorted(database[name].index_information()), database[name].count_documents({})]
        for name in sorted(database.list_collection_names())
    }), flush=True)

connection.ensure_connection()  # Otherwise the server would stop with every child.
commands = in_child(lambda: (migrate(), os._exit(min(Killer.done, 255))), "whole")
in_child(contents, "whole")
for last in range(1, commands, max(commands // MOMENTS, 1)):
    name = f"killed{last}"
    assert in_child(lambda: migrate(last), name) == 9
    assert in_child(migrate, name) == 0, name
    in_child(contents, name)
"""
# Each migration, as if it had been killed before its record was written.
MIGRATE_TWICE = """
import django

django.setup()
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

executor = MigrationExecutor(connection)
plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
for migration, _ in plan:
    name = {"app": migration.app_label, "name": migration.name}
    call_command("migrate", *name.values(), verbosity=0)
    assert connection.database["django_migrations"].delete_one(name).deleted_count, name
    print("again:", *name.values(), flush=True)
    call_command("migrate", *name.values(), verbosity=0)
"""
MOMENTS = 12

pytestmark = pytest.mark.timeout(4 * PATIENCE)


def run(code, tmp_path):
    environment = {name: value for name, value in os.environ.items() if name != "MONGODB_URI"}
    environment |= {
        "DJANGO_SETTINGS_MODULE": "fitness_project.settings",
        "VAR_DIR": str(tmp_path / "var"),
    }
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=PROJECT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=4 * PATIENCE,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done


def test_every_migration_can_be_run_again(tmp_path):
    done = run(MIGRATE_TWICE, tmp_path)

    assert "again: accounts 0006_browser_sessions" in done.stdout


def test_a_migration_killed_at_any_moment_is_resumed(tmp_path):
    done = run(MIGRATE_AND_KILL.replace("MOMENTS", str(MOMENTS)), tmp_path)

    told = (line for line in done.stdout.splitlines() if line.startswith("{"))
    whole, *resumed = map(json.loads, told)
    assert len(resumed) >= MOMENTS
    assert all(contents == whole for contents in resumed)
