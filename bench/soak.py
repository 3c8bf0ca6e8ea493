"""Many users, every call, for a long time: no error, no growing memory, and nothing lost.

    make soak             or: .venv/bin/python bench/soak.py [SECONDS]

Each user makes every kind of visit, again and again in an order of its own, and remembers what was
acknowledged. At the end this is compared with what the service has. Exits with 1 if anything is
wrong.
"""

import random
import re
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from aiosmtpd.controller import Controller
from service import Service, free_port
from soak_users import Staff, User
from soak_visitor import Visitor

USERS = 8
WARM_UP_SECONDS = 60
GROWTH = 1.10
# Its cache of 256 MB, and what it takes when it is idle.
DATABASE_MB = 320
PROGRESS_SECONDS = 5
KINDS = ("sessions", "routines")
HEAD = f"{'call':38}{'calls':>8}{'errors':>8}{'p50 ms':>9}{'p95 ms':>9}{'p99 ms':>9}"

Memory = tuple[float, float]
"""Megabytes of the server and of the database."""


def main(seconds: float) -> list[str]:
    """Everything that was wrong."""
    mailbox = Mailbox()
    mail_server = Controller(mailbox, hostname="127.0.0.1", port=free_port())
    mail_server.start()
    try:
        with Service(EMAIL_URL=f"smtp://127.0.0.1:{mail_server.port}") as service:
            return soak(service, mailbox, seconds)
    finally:
        mail_server.stop()


def soak(service: Service, mailbox: "Mailbox", seconds: float) -> list[str]:
    figures = Figures()
    users = [User(service, figures, mailbox, number) for number in range(USERS)]
    visitors = [*users, Staff(service, figures)]
    warm_up = min(WARM_UP_SECONDS, seconds / 2)
    before = memory_after(service, visitors, figures, warm_up)
    after = memory_after(service, visitors, figures, seconds - warm_up)

    wrong = [*figures.errors, *grown(before, after)]
    for user in users:
        wrong += user.differences()
    wrong += [f"never called: {call}" for call in sorted(operations(service) - set(figures.times))]
    print_figures(figures)
    print(f"memory: {described(before)} after warming up, {described(after)} at the end")
    sessions, routines = (sum(len(getattr(user, kind)) for user in users) for kind in KINDS)
    print(f"compared: {sessions} sessions and {routines} routines of {USERS} users")
    return wrong


def memory_after(
    service: Service, visitors: Sequence[Visitor], figures: "Figures", seconds: float
) -> Memory:
    """What the service takes after all visitors have left: while they are there, hashing a password
    takes 64 MiB for a moment."""
    over = threading.Event()
    threads = [threading.Thread(target=live, args=(visitor, over)) for visitor in visitors]
    for thread in threads:
        thread.start()
    try:
        watch(service, figures, seconds)
    finally:
        over.set()
        for thread in threads:
            thread.join()
    time.sleep(1)
    return service.resident_mb()


def live(visitor: Visitor, over: threading.Event) -> None:
    """Makes every visit once, then all of them again in another order."""
    while not over.is_set():
        for visit in random.sample(visitor.visits, len(visitor.visits)):
            if over.is_set():
                return
            visitor.make(visit)


def watch(service: Service, figures: "Figures", seconds: float) -> None:
    started = time.monotonic()
    while (spent := time.monotonic() - started) < seconds:
        memory = described(service.resident_mb())
        progress = f"{figures.count} calls, {len(figures.errors)} errors, {memory}"
        print(f"{spent:5.0f} of {seconds:.0f} s: {progress}", flush=True)
        time.sleep(min(PROGRESS_SECONDS, seconds - spent))


def grown(before: Memory, after: Memory) -> list[str]:
    """The database's cache fills with whatever is written: only what goes beyond it is growth."""
    wrong = []
    if after[0] > before[0] * GROWTH:
        wrong.append(f"memory grew: {described(before)}, later {described(after)}")
    if after[1] > DATABASE_MB:
        wrong.append(f"the database takes {after[1]:.0f} MB")
    return wrong


def described(memory: Memory) -> str:
    return "server {:.0f} MB, database {:.0f} MB".format(*memory)


def print_figures(figures: "Figures") -> None:
    print(HEAD)
    for row in figures.table():
        print("{:38}{:8}{:8}{:9.1f}{:9.1f}{:9.1f}".format(*row))


def operations(service: Service) -> set[str]:
    """Every call in the schema."""
    _, schema = service.ask("GET", "/api/schema")
    methods = {"get", "post", "put", "patch", "delete"}
    return {
        f"{method.upper()} {path.rstrip('/')}"
        for path, known in schema["paths"].items()
        for method in known.keys() & methods
    }


class Figures:
    """How long each call took, and what went wrong."""

    def __init__(self) -> None:
        self.times: dict[str, list[float]] = defaultdict(list)
        self.failures: dict[str, int] = defaultdict(int)
        self.errors: list[str] = []
        self.count = 0
        self._lock = threading.Lock()

    def add(self, call: str, seconds: float) -> None:
        with self._lock:
            self.times[call].append(seconds)
            self.count += 1

    def add_error(self, call: str, reason: str) -> None:
        with self._lock:
            self.failures[call] += 1
            self.errors.append(f"{call}: {reason}")
            print(self.errors[-1], flush=True)

    def table(self) -> Iterator[tuple[str, int, int, float, float, float]]:
        for call, times in sorted(self.times.items()):
            times.sort()
            p50, p95, p99 = (1000 * times[int(len(times) * part)] for part in (0.5, 0.95, 0.99))
            yield call, len(times), self.failures[call], p50, p95, p99


class Mailbox:
    """The mail server's handler, which keeps the latest link for each address."""

    LINK = re.compile(r"/(?:password-reset|confirm-email)/([\w-]+)/([\w:-]+)/")

    def __init__(self) -> None:
        self._links: dict[str, tuple[str, str]] = {}

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        text = envelope.content.decode().replace("=\r\n", "")
        if found := self.LINK.search(text):
            self._links[envelope.rcpt_tos[0]] = found[1], found[2]
        return "250 OK"

    def take(self, address: str, seconds: float = 30) -> tuple[str, str]:
        """The `uid` and `token` of the link, once the e-mail has come."""
        deadline = time.monotonic() + seconds
        while address not in self._links:
            if time.monotonic() > deadline:
                raise TimeoutError(f"no e-mail for {address}")
            time.sleep(0.02)
        return self._links.pop(address)


if __name__ == "__main__":
    wrong = main(float(sys.argv[1]) if len(sys.argv) > 1 else 600)
    sys.exit("\n".join(["Wrong:", *wrong[:20]]) if wrong else 0)
