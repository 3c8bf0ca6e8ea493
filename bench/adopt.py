"""Adopts a database whose collections a driver has filled: creates the indexes, and adds the fields
that only this service stores. The driver (target.toml) runs this before it starts the service."""

import os
import sys
from itertools import islice
from pathlib import Path
from typing import Any

import django

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fitness_project.settings")
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connections  # noqa: E402
from django_mongodb_backend.base import DatabaseWrapper  # noqa: E402

from exercises.names import name_key  # noqa: E402

SEEDED = ("users", "exercises", "routines", "history")
BATCH = 1_000


def main() -> None:
    connection: DatabaseWrapper = connections["default"]
    connection.ensure_connection()
    database = connection.database
    for name in SEEDED:
        database[name].rename(f"seeded_{name}")
    call_command("migrate", verbosity=0, interactive=False)
    for name in SEEDED:
        seeded = iter(database[f"seeded_{name}"].find())
        while batch := [completed(name, document) for document in islice(seeded, BATCH)]:
            database[name].insert_many(batch)
        database[f"seeded_{name}"].drop()


def completed(name: str, document: dict[str, Any]) -> dict[str, Any]:
    if name == "exercises":
        document["nameKey"] = name_key(document["name"])
    return document


if __name__ == "__main__":
    main()
