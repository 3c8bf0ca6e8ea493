"""What reading the catalogue costs among ten thousand exercises.

    .venv/bin/python bench/catalogue.py [EXERCISES]

One request is sent at a time, and none gets a response that is ready from an earlier one. The
result is a table of medians and of the slowest, in milliseconds.
"""

import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count, cycle, islice
from pathlib import Path
from urllib.parse import quote

from bson import ObjectId
from filled import READER, STAFF
from pymongo import MongoClient
from seeded import PASSWORD, Account, Json
from service import Service

TIMES = 15
SEARCHES = (
    *("bench press", "bech press", "pull ups", "pullups", "ubung", "barbell", "press bench"),
    *("inc", "chest", "dumbbell curl", "squt", "romanian deadlift", "triceps cable"),
)
SYLLABLES = ("ba", "ko", "ri", "te", "mu", "sa", "lo", "vi", "ne", "dar", "pol", "ster", "gan")


def main(exercises: int) -> None:
    with multiplied(exercises) as service:
        visit(service)


@contextmanager
def multiplied(exercises: int) -> Iterator[Service]:
    """A service with so many exercises and a member of staff. It has started after they were
    stored, so it reads them all."""
    with tempfile.TemporaryDirectory() as folder:
        with Service(kept=Path(folder)) as service:
            service.manage(
                *("createsuperuser", "--noinput"),
                DJANGO_SUPERUSER_EMAIL=STAFF,
                DJANGO_SUPERUSER_PASSWORD=PASSWORD,
            )
            multiply(service, exercises)
        with Service(kept=Path(folder)) as service:
            yield service


def multiply(service: Service, exercises: int) -> None:
    """Stores copies of the starter catalogue's exercises under names of their own."""
    client: MongoClient[Json] = MongoClient(service.uri)
    stored = client.fitness.exercises
    originals = list(stored.find({"name": {"$exists": True}}))
    stored.insert_many(islice(copies(originals), exercises - len(originals)))


def copies(originals: list[Json]) -> Iterator[Json]:
    choice = random.Random(1)
    for number in count():
        original = choice.choice(originals)
        ending = "".join(choice.choices(SYLLABLES, k=3)).title()
        name = f"{original['name']} {ending} {number}"
        yield {**original, "_id": ObjectId(), "name": name, "nameKey": name.casefold()}


def visit(service: Service) -> None:
    staff, reader = Account(service, STAFF, is_new=False), Account(service, READER)
    exercise = reader.ask("GET", "/api/exercises?pageSize=1")["results"][0]["id"]
    print(f"| {'request':24} | median | slowest |\n| --- | --- | --- |")

    def times_of(path: str, changes: bool = False) -> list[float]:
        times = []
        for size in islice(cycle(range(10, 100)), TIMES):
            if changes:
                body = {"name": f"Changed {time.monotonic()}"}
                staff.ask("PATCH", f"/api/exercises/{exercise}", body)
            start = time.perf_counter()
            reader.ask("GET", path.format(size=size))
            times.append(1000 * (time.perf_counter() - start))
        return times

    searches = {each: f"/api/exercises?search={quote(each)}&pageSize={{size}}" for each in SEARCHES}
    report("the first searches", times_of(f"{searches['bench press']}&archived=true"))
    found = {search: times_of(path) for search, path in searches.items()}
    for search, times in found.items():
        report(f"search: {search}", times)
    report("all these searches", [each for times in found.values() for each in times])
    # A change drops all responses that are ready.
    report("after a change: list", times_of("/api/exercises", changes=True))
    report("after a change: search", times_of(searches["bench press"], changes=True))
    report("after a change: facets", times_of("/api/exercises/facets", changes=True))


def report(name: str, times: list[float]) -> None:
    print(f"| {name:24} | {statistics.median(times):6.1f} | {max(times):7.1f} |", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
