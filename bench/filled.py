"""Fills a database with as many documents as many users have in years.

Like in `seeded.py`, the API creates one document of each kind, and the rest are copies of what it
stored, so that they have whatever fields this version stores.
"""

import os
import random
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from bson import ObjectId
from pymongo import MongoClient
from seeded import ENTRIES, PASSWORD, Account, Json
from service import Service

READER, STAFF = "reader@example.com", "staff@example.com"
SESSIONS_OF_READER = 20_000
SESSIONS_OF_OTHERS = 1_000
ROUTINES = 20_000
ROUTINES_EACH = 20
BROWSER_SESSIONS = 20_000
BATCH = 500
# Sessions are never in the minutes that the change feed repeats.
END = datetime(2026, 1, 1, tzinfo=UTC)
# How many exercises no routine or session uses, and how many only sessions use.
UNUSED, IN_SESSIONS_ONLY = 5, 15
BROWSER_SESSION = """
from importlib import import_module
from bson import ObjectId
from django.conf import settings

engine = import_module(settings.SESSION_ENGINE)
keys = [str(ObjectId()) for _ in range(5_000)]
for number in range({count}):
    session = engine.SessionStore()
    session["_auth_user_id"] = keys[number % len(keys)]
    session.create()
"""


def fill(service: Service, sessions: int) -> list[str]:
    """The reader has 20,000 sessions, and other users a thousand each. Returns the exercises."""
    reader = Account(service, READER)
    service.manage(
        *("createsuperuser", "--noinput"),
        DJANGO_SUPERUSER_EMAIL=STAFF,
        DJANGO_SUPERUSER_PASSWORD=PASSWORD,
    )
    others = [ObjectId() for _ in range((sessions - SESSIONS_OF_READER) // SESSIONS_OF_OTHERS)]
    _add_users(service, others)
    counts = {reader.id: SESSIONS_OF_READER, **dict.fromkeys(others, SESSIONS_OF_OTHERS)}
    found = exercises(reader)
    used = found[UNUSED:]
    _store(
        service, "routines", _copies(reader, "routines", used[IN_SESSIONS_ONLY:], _routines(counts))
    )
    _store(service, "history", _copies(reader, "history", used, _dates(counts)))
    service.manage("shell", "--command", BROWSER_SESSION.format(count=BROWSER_SESSIONS))
    return found


def _add_users(service: Service, ids: list[ObjectId]) -> None:
    users: Any = MongoClient(service.uri).fitness.users
    model = users.find_one({"email": READER})
    users.insert_many({**model, "_id": one, "email": f"{one}@example.com"} for one in ids)


def exercises(account: Account) -> list[str]:
    """The ids of all exercises: first those that nothing uses, then those that only sessions use,
    then the others. Within each part, the most used comes first."""
    found: list[str] = []
    path = "/api/exercises?pageSize=100"
    while path:
        page = account.ask("GET", path)
        found += [row["id"] for row in page["results"]]
        path = page["next"] and page["next"][page["next"].index("/api/") :]
    return found


def _routines(counts: dict[ObjectId, int]) -> Iterator[tuple[ObjectId, Json]]:
    for user in islice(counts, ROUTINES // ROUTINES_EACH):
        for number in range(ROUTINES_EACH):
            at = END - timedelta(days=number)
            yield user, {"createdAt": at, "updatedAt": at, "name": f"Day {number}"}


def _dates(counts: dict[ObjectId, int]) -> Iterator[tuple[ObjectId, Json]]:
    """Two a day, user by user: in the order of their dates, each would change other pages of the
    database's files, most of which its cache can't hold."""
    for user, count in counts.items():
        for number in range(count):
            at = END - timedelta(hours=12 * number)
            yield user, {"date": at, "createdAt": at, "updatedAt": at + timedelta(hours=1)}


def _copies(
    reader: Account, name: str, used: list[str], wanted: Iterator[tuple[ObjectId, Json]]
) -> Callable[[Json], Iterator[Json]]:
    """Makes the documents from the one that the API has created."""
    body = {"exercises": [{"exerciseId": used[0], "sets": 3, "reps": 8, "weight": 60.5}]}
    extra: Json = {"name": "Push"} if name == "routines" else {"date": "2000-01-01T10:00:00Z"}
    reader.ask("POST", f"/api/{name}", {**body, **extra}, 201)
    ids = [ObjectId(exercise) for exercise in used]
    weights = [1 / (rank + 10) for rank in range(len(ids))]
    chance = random.Random(0)

    def copies(model: Json) -> Iterator[Json]:
        (entry,) = model["exercises"]
        routines = [ObjectId() for _ in range(ROUTINES_EACH)]
        for user, fields in wanted:
            chosen = chance.choices(ids, weights, k=ENTRIES)
            entries = [{**entry, "exerciseId": one} for one in chosen]
            own = {"_id": ObjectId(), "userId": user, "idempotencyKey": os.urandom(16)}
            routine = {"routineId": chance.choice(routines)} if name == "history" else {}
            stamps = {"revision": ObjectId(), "idempotencyBody": os.urandom(16)}
            yield {**model, "exercises": entries, **fields, **own, **stamps, **routine}

    return copies


def _store(service: Service, name: str, copies: Callable[[Json], Iterator[Json]]) -> None:
    database: Any = MongoClient(service.uri).fitness
    model = database[name].find_one({"userId": {"$exists": True}})
    made, done, start = copies(model), 0, time.monotonic()
    while batch := [*islice(made, BATCH)]:
        database[name].insert_many(batch)
        done += len(batch)
        if done % (100 * BATCH) == 0:
            print(f"{name}: {done:,} in {time.monotonic() - start:.0f} s", file=sys.stderr)
