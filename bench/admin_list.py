"""What the admin's list of exercises costs among ten thousand, also while an import runs.

    .venv/bin/python bench/admin_list.py [EXERCISES]

One request is sent at a time. The result is a table of medians and of the slowest, in milliseconds.
"""

import http.client
import json
import sys
import tempfile
import threading
import time
from collections.abc import Iterable
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode

from catalogue import multiplied, report
from filled import STAFF
from seeded import PASSWORD
from service import Service

TIMES = 10
IMPORTED = 3_000
LIST = "/admin/exercises/exercise/"
PAGES = {
    "first page": "",
    "page 50": "?page=50",
    "last changed first": "?order=changed",
    "search: bench press": "?q=bench+press",
    "search: bech press": "?q=bech+press",
    "search: chest": "?q=chest",
    "search: a": "?q=a",
    "category": "?category=strength",
    "muscle and level": "?muscle=chest&level=beginner",
    "no description": "?description=none",
    "search and filters": "?q=press&muscle=chest&archived=no&picture=none&order=changed",
}


class Browser:
    """A member of staff, signed in to the admin."""

    def __init__(self, service: Service) -> None:
        self._port = service.port
        self._cookies: SimpleCookie = SimpleCookie()
        path = "/admin/login/"
        self.send("GET", path)
        token = self._cookies["csrftoken"].value
        typed = {"username": STAFF, "password": PASSWORD, "csrfmiddlewaretoken": token}
        self.send("POST", path, urlencode(typed), status=302)

    def send(self, method: str, path: str, body: str | None = None, status: int = 200) -> None:
        """Ends the run if the status isn't the expected one."""
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
        cookie = "; ".join(f"{name}={each.value}" for name, each in self._cookies.items())
        form = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
        connection.request(method, path, body, {"Cookie": cookie, **form})
        response = connection.getresponse()
        response.read()
        connection.close()
        if response.status != status:
            raise SystemExit(f"{method} {path}: {response.status} instead of {status}")
        for given in response.headers.get_all("Set-Cookie", []):
            self._cookies.load(given)

    def seconds(self, page: str) -> float:
        start = time.perf_counter()
        self.send("GET", LIST + page)
        return time.perf_counter() - start


def main(exercises: int) -> None:
    with multiplied(exercises) as service, tempfile.TemporaryDirectory() as folder:
        visit(service, Path(folder) / "import.json")


def visit(service: Service, file: Path) -> None:
    browser = Browser(service)
    head("page")
    show("the first pages", [browser.seconds("") for _ in range(4)])
    show("the first searches", [browser.seconds("?q=bench") for _ in range(4)])
    for name, page in PAGES.items():
        show(name, [browser.seconds(page) for _ in range(TIMES)])
    rows = [{"name": f"Imported {n}", "category": "strength"} for n in range(IMPORTED)]
    file.write_text(json.dumps(rows))
    importing = threading.Thread(target=service.manage, args=("import_exercises", str(file)))
    importing.start()
    times: dict[str, list[float]] = {name: [] for name in PAGES}
    while importing.is_alive():
        for name, page in PAGES.items():
            times[name].append(browser.seconds(page))
    head("during an import")
    for name, found in times.items():
        show(name, found)


def head(name: str) -> None:
    print(f"| {name:24} | median | slowest |\n| --- | --- | --- |")


def show(name: str, seconds: Iterable[float]) -> None:
    report(name, [1000 * each for each in seconds])


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
