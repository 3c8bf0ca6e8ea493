"""What single requests cost on a database with a million sessions.

    .venv/bin/python bench/scale.py [--sessions N] [--folder FOLDER]

The first run fills the folder's database, which takes a while, and later runs use it again. One
request is sent at a time. The result is a table of medians and of the slowest, in milliseconds.
"""

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

from filled import IN_SESSIONS_ONLY, READER, STAFF, UNUSED, fill
from pymongo import MongoClient
from seeded import Account
from service import Service

TIMES = 15
PAGES = 60

Request = Callable[[], Any]


def main() -> None:
    given = parsed()
    is_filled = given.folder / "is-filled"
    if not is_filled.exists():
        given.folder.mkdir(parents=True, exist_ok=True)
        start = time.monotonic()
        with Service(kept=given.folder) as service:
            found = fill(service, given.sessions)
        is_filled.write_text(json.dumps(found))
        print(f"filled in {time.monotonic() - start:.0f} s")
    with Service(kept=given.folder) as service:
        print(f"| {'request':50} | median | slowest |\n| --- | --- | --- |")
        for name, requests in Visits(service, json.loads(is_filled.read_text())).all():
            times = [_milliseconds(request) for request in requests]
            print(
                f"| {name:50} | {statistics.median(times):6.1f} | {max(times):7.1f} |", flush=True
            )


def _milliseconds(request: Request) -> float:
    start = time.perf_counter()
    request()
    return 1000 * (time.perf_counter() - start)


class Visits:
    """The requests, by name."""

    def __init__(self, service: Service, exercises: list[str]) -> None:
        self.service = service
        self.reader = Account(service, READER, is_new=False)
        self.staff = Account(service, STAFF, is_new=False)
        self.popular = exercises[UNUSED + IN_SESSIONS_ONLY]
        self.in_sessions = exercises[UNUSED]
        self.rare, self.unused = exercises[-1], exercises[0]

    def all(self) -> Iterator[tuple[str, Iterable[Request]]]:
        yield from self._of_the_catalogue()
        yield from self._of_the_history()
        yield "each page of the feed", self._feed()
        yield "sign out everywhere else", self._signing_out("DELETE", "/api/auth/sessions")
        yield "log out", self._signing_out("POST", "/api/auth/logout")

    def _of_the_catalogue(self) -> Iterator[tuple[str, Iterable[Request]]]:
        created = [
            self.staff.ask("POST", "/api/exercises", {"name": uuid4().hex, "description": "x"}, 201)
            for _ in range(TIMES)
        ]
        yield "delete an unused exercise", (self._delete(one["id"], 204) for one in created)
        kinds = {
            "the most used": self.popular,
            "one in sessions only": self.in_sessions,
            "the least used": self.rare,
        }
        for kind, exercise in kinds.items():
            yield f"delete {kind} (409)", (self._delete(exercise, 409) for _ in range(TIMES))
            archived = ({"isArchived": number % 2 == 0} for number in range(TIMES + 1))
            yield f"archive {kind}", (self._change(exercise, body) for body in archived)
        for kind in ("one in sessions only", "the least used", "the most used"):
            names = ({"name": uuid4().hex} for _ in range(TIMES if kind != "the most used" else 2))
            yield f"rename {kind}", (self._change(kinds[kind], body) for body in names)

    def _of_the_history(self) -> Iterator[tuple[str, Iterable[Request]]]:
        routine = self._database.history.find_one({"userId": self.reader.id, "routineId": NOT_NULL})
        paths = {
            "history": "/api/history",
            "history by the most used exercise": f"/api/history?exerciseId={self.popular}",
            "history by the least used exercise": f"/api/history?exerciseId={self.rare}",
            "history by an unused exercise": f"/api/history?exerciseId={self.unused}",
            "history by routine": f"/api/history?routineId={routine['routineId']}",
            "routines": "/api/routines",
            "routines by name": "/api/routines?search=day%201",
        }
        for name, path in paths.items():
            yield f"{name}, first page", [partial(self.reader.ask, "GET", path)] * TIMES
            yield f"{name}, all pages", self._pages(path)
        yield "history, all pages of 100", self._pages("/api/history?pageSize=100")

    @property
    def _database(self) -> Any:
        return MongoClient(self.service.uri).fitness

    def _delete(self, exercise: str, status: int) -> Request:
        return lambda: self.staff.ask("DELETE", f"/api/exercises/{exercise}", None, status)

    def _change(self, exercise: str, body: object) -> Request:
        return lambda: self.staff.ask("PATCH", f"/api/exercises/{exercise}", body)

    def _pages(self, path: str) -> Iterator[Request]:
        """At most PAGES of them: one page costs what another one does."""
        following: list[str | None] = [path]

        def request() -> None:
            page = self.reader.ask("GET", str(following[0]))
            following[0] = page["next"] and page["next"][page["next"].index("/api/") :]

        for _ in range(PAGES):
            if following[0]:
                yield request

    def _feed(self) -> Iterator[Request]:
        page = {"next": None, "hasMore": True}

        def request() -> None:
            since = f"?since={page['next']}" if page["next"] else ""
            page.update(self.reader.ask("GET", f"/api/sync{since}"))

        while page["hasMore"]:
            yield request

    def _signing_out(self, method: str, path: str) -> Iterator[Request]:
        """Signing in isn't measured."""
        for _ in range(TIMES):
            account = Account(self.service, READER, is_new=False)
            body = {"refresh": account.refresh} if method == "POST" else None
            yield partial(account.ask, method, path, body, 204)


NOT_NULL = {"$ne": None}


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sessions", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, help="by default one in the temporary folder")
    given = parser.parse_args()
    given.folder = given.folder or Path(tempfile.gettempdir()) / f"fitness-scale-{given.sessions}"
    return given


if __name__ == "__main__":
    main()
