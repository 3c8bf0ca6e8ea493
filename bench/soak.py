"""Many users, every call, for long: no error, no growth, and at the end nothing out of place.

    make soak             or: .venv/bin/python bench/soak.py [SECONDS]

Each user goes through every kind of visit, in an order of its own, again and again, and keeps what
was acknowledged. That is compared with what the service has at the end. Exits with 1 where anything
was wrong.
"""

import random
import re
import sys
import threading
import time
from collections import defaultdict

from aiosmtpd.controller import Controller
from service import Service, free_port
from soak_users import Staff, User

USERS = 8
WARM_UP_SECONDS = 60
GROWTH = 1.10
# Its cache of 256 MB, and what it takes when it is idle.
DATABASE_MB = 320
PROGRESS_SECONDS = 5
KINDS = ("sessions", "routines")
HEAD = f"{'call':38}{'calls':>8}{'errors':>8}{'p50 ms':>9}{'p95 ms':>9}{'p99 ms':>9}"


def main(seconds):
    mailbox = Mailbox()
    mails = Controller(mailbox, hostname="127.0.0.1", port=free_port())
    mails.start()
    try:
        with Service(EMAIL_URL=f"smtp://127.0.0.1:{mails.port}") as service:
            return soak(service, mailbox, seconds)
    finally:
        mails.stop()


def soak(service, mailbox, seconds) -> list[str]:
    """What was wrong."""
    figures = Figures()
    users = [User(service, figures, mailbox, number) for number in range(USERS)]
    visitors = [*users, Staff(service, figures)]
    warm_up = min(WARM_UP_SECONDS, seconds / 2)
    memory = [
        memory_after(service, visitors, figures, part) for part in (warm_up, seconds - warm_up)
    ]

    wrong = figures.errors + grown(*memory)
    for user in users:
        wrong += user.differences()
    wrong += [f"never called: {call}" for call in sorted(operations(service) - set(figures.times))]
    print(HEAD)
    for row in figures.table():
        print("{:38}{:8}{:8}{:9.1f}{:9.1f}{:9.1f}".format(*row))
    print("memory: {} after warming up, {} at the end".format(*map(told_of, memory)))
    sessions, routines = (sum(len(getattr(user, kind)) for user in users) for kind in KINDS)
    print(f"compared: {sessions} sessions and {routines} routines of {USERS} users")
    return wrong


def memory_after(service, visitors, figures, seconds) -> tuple[float, float]:
    """What the service takes when everybody has been here and gone: while they are here, a
    password's hash takes 64 MiB for a moment."""
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


def live(visitor, over):
    """Every visit once, then all of them again in another order."""
    while not over.is_set():
        for visit in random.sample(visitor.visits, len(visitor.visits)):
            if over.is_set():
                return
            visitor.make(visit)


def watch(service, figures, seconds):
    started = time.monotonic()
    while (spent := time.monotonic() - started) < seconds:
        memory = told_of(service.resident_mb())
        told = f"{figures.count} calls, {len(figures.errors)} errors, {memory}"
        print(f"{spent:5.0f} of {seconds:.0f} s: {told}", flush=True)
        time.sleep(min(PROGRESS_SECONDS, seconds - spent))


def grown(before, after) -> list[str]:
    """The database is given a cache, which fills with whatever is written: it is no growth until
    it is more than that."""
    wrong = []
    if after[0] > before[0] * GROWTH:
        wrong.append(f"memory grew: {told_of(before)}, later {told_of(after)}")
    if after[1] > DATABASE_MB:
        wrong.append(f"the database takes {after[1]:.0f} MB")
    return wrong


def told_of(memory) -> str:
    return "server {:.0f} MB, database {:.0f} MB".format(*memory)


def operations(service) -> set[str]:
    """All that the schema knows."""
    _, schema = service.ask("GET", "/api/schema")
    methods = {"get", "post", "put", "patch", "delete"}
    return {
        f"{method.upper()} {path.rstrip('/')}"
        for path, known in schema["paths"].items()
        for method in known.keys() & methods
    }


class Figures:
    def __init__(self):
        self.times = defaultdict(list)
        self.failures = defaultdict(int)
        self.errors = []
        self.count = 0
        self._lock = threading.Lock()

    def add(self, call, seconds):
        with self._lock:
            self.times[call].append(seconds)
            self.count += 1

    def add_error(self, call, told):
        with self._lock:
            self.failures[call] += 1
            self.errors.append(f"{call}: {told}")
            print(self.errors[-1], flush=True)

    def table(self):
        for call, times in sorted(self.times.items()):
            times.sort()
            percentiles = (1000 * times[int(len(times) * part)] for part in (0.5, 0.95, 0.99))
            yield call, len(times), self.failures[call], *percentiles


class Mailbox:
    """The mail server's handler: the latest link for each address."""

    LINK = re.compile(r"/password-reset/([\w-]+)/([\w-]+)/")

    def __init__(self):
        self._links = {}

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - aiosmtpd's name
        text = envelope.content.decode().replace("=\r\n", "")
        if found := self.LINK.search(text):
            self._links[envelope.rcpt_tos[0]] = found.groups()
        return "250 OK"

    def take(self, address, seconds=30) -> tuple[str, str]:
        """The link's `uid` and `token`, once the mail is there."""
        deadline = time.monotonic() + seconds
        while address not in self._links:
            if time.monotonic() > deadline:
                raise TimeoutError(f"no mail for {address}")
            time.sleep(0.02)
        return self._links.pop(address)


if __name__ == "__main__":
    found = main(float(sys.argv[1]) if len(sys.argv) > 1 else 600)
    sys.exit("\n".join(["Wrong:", *found[:20]]) if found else 0)
