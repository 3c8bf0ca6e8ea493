"""What importing thousands of exercises costs, and how long other writers wait meanwhile.

    .venv/bin/python bench/imports.py [EXERCISES]

The same exercises are imported by the command, again, and then into an empty catalogue as the admin
does: by a task, while a curator changes another exercise again and again. At last, that is undone
in the same way. The result is a table in seconds.
"""

import json
import random
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

from catalogue import SYLLABLES
from filled import STAFF
from pymongo import MongoClient
from seeded import PASSWORD, Account, Json
from service import Service

STEPS = 8
PAUSE = 0.05
WORDS = (
    *("Hold the bar with an overhand grip, a little wider than your shoulders.", "Keep it close."),
    *("Breathe in and brace your trunk.", "Lower yourself under control.", "Pause, and stand up."),
)
SETUP = """
from pathlib import Path
from bson import ObjectId
from exercises.models import CatalogueImport
"""
START = """
from exercises.importing.applying import confirm
from exercises.importing.stored import start_import
import_id = start_import(Path({!r}).read_bytes(), "exercises.json", ObjectId())
confirm(import_id, ObjectId(), [])
"""
# In the time that a request has. A task does the rest.
UNDO = """
from exercises.audit.undo import undo
from fitness_project.database.deadline import SECONDS, within
within(SECONDS, undo, CatalogueImport.objects.documents.collection.find_one()["_id"], None)
"""


def main(exercises: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "exercises.json"
        file.write_text(json.dumps(list(islice(made(), exercises))))
        print("| what | seconds | slowest change meanwhile |\n| --- | --- | --- |")
        with Service() as service:
            report("the command", lambda: service.manage("import_exercises", str(file)))
            report("the command again", lambda: service.manage("import_exercises", str(file)))
        with Service() as service:
            visit(service, file)


def made() -> Iterator[Json]:
    choice = random.Random(1)
    number = 0
    while True:
        number += 1
        yield {
            "name": f"{''.join(choice.choices(SYLLABLES, k=3)).title()} {number}",
            "instructions": choice.choices(WORDS, k=STEPS),
            "category": choice.choice(("strength", "stretching", "cardio")),
            "equipment": choice.choice(("barbell", "dumbbell", None)),
            "level": choice.choice(("beginner", "expert")),
            "primaryMuscles": [choice.choice(("chest", "back", "quadriceps"))],
            "secondaryMuscles": choice.sample(("triceps", "forearms", "calves", "abdominals"), 2),
        }


def visit(service: Service, file: Path) -> None:
    service.manage(
        *("createsuperuser", "--noinput"),
        DJANGO_SUPERUSER_EMAIL=STAFF,
        DJANGO_SUPERUSER_PASSWORD=PASSWORD,
    )
    staff = Account(service, STAFF, is_new=False)
    exercise = staff.ask("GET", "/api/exercises?pageSize=1")["results"][0]["id"]
    database = MongoClient[Json](service.uri).fitness

    def change() -> None:
        staff.ask("PATCH", f"/api/exercises/{exercise}", {"description": f"{time.monotonic()}"})

    def start() -> None:
        service.manage("shell", "--no-imports", "-c", SETUP + START.format(str(file)))
        wait_until(lambda: database.catalogueImports.find_one({"status": "done"}))

    def undo() -> None:
        service.manage("shell", "--no-imports", "-c", SETUP + UNDO)
        wait_until(lambda: database.catalogueOperations.find_one({"isBeingUndone": False}))

    report("as a task", start, change)
    report("undoing it", undo, change)


def wait_until(is_over: Callable[[], object]) -> None:
    while not is_over():
        time.sleep(PAUSE)


def report(what: str, work: Callable[[], None], change: Callable[[], None] | None = None) -> None:
    waits = [0.0]
    is_over = threading.Event()
    changing = threading.Thread(target=repeat, args=(change, is_over, waits)) if change else None
    start = time.perf_counter()
    if changing:
        changing.start()
    work()
    seconds = time.perf_counter() - start
    is_over.set()
    if changing:
        changing.join()
    print(f"| {what:18} | {seconds:5.1f} | {f'{max(waits):.2f}' if change else ''} |", flush=True)


def repeat(change: Callable[[], None], is_over: threading.Event, waits: list[float]) -> None:
    while not is_over.wait(PAUSE):
        start = time.perf_counter()
        try:
            change()
        except SystemExit as error:
            print(error)
        waits.append(time.perf_counter() - start)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 11_000)
