"""The calls to measure: their requests, how many, and what is cleaned up afterwards."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from itertools import cycle
from typing import Any

from load import Script, rendered
from seeded import Account, Seeded

CONNECTIONS = 8


def nothing(seeded: Seeded) -> None:
    pass


@dataclass(frozen=True)
class Call:
    """`scripts` prepares one script for each connection, of a given number of requests.

    `requests`, the number in each round, is chosen to take half a second to a second.
    """

    requests: int
    scripts: Callable[[Seeded, int], list[Script]]
    status: int = 200
    connections: int = CONNECTIONS
    clean: Callable[[Seeded], None] = nothing

    def each(self, requests: int | None) -> int:
        """How many requests each connection sends."""
        return max(1, (requests or self.requests) // self.connections)


def in_turn(requests: Iterable[bytes]) -> Script:
    for request in cycle(requests):  # noqa: UP028 - `yield from` would pass on the responses
        yield request


def reading(
    path: Callable[[Seeded], str] | str,
    requests: int,
    status: int = 200,
    headers: Callable[[Seeded], dict[str, str]] = lambda seeded: {},
) -> Call:
    """Sent by one user over all connections."""

    def scripts(seeded: Seeded, each: int) -> list[Script]:
        wanted = path if isinstance(path, str) else path(seeded)
        request = seeded.reader.rendered("GET", wanted, **headers(seeded))
        return [in_turn([request]) for _ in range(CONNECTIONS)]

    return Call(requests, scripts, status)


def _by_writers(make: Callable[[Seeded, Account, int], Script]) -> Callable[..., list[Script]]:
    """Each writer has a connection and documents of its own."""

    def scripts(seeded: Seeded, each: int) -> list[Script]:
        return [make(seeded, writer, each) for writer in seeded.writers]

    return scripts


def creating(name: str, body: Callable[[Seeded], object], requests: int) -> Call:
    def make(seeded: Seeded, writer: Account, each: int) -> Script:
        return in_turn([writer.rendered("POST", f"/api/{name}", body(seeded))])

    return Call(requests, _by_writers(make), 201, clean=lambda seeded: seeded.remove_new(name))


def changing(
    method: str,
    path: Callable[[Seeded, Account], str],
    bodies: Callable[[Seeded], Iterable[object]],
    requests: int,
) -> Call:
    """Alternates between two bodies: a request that changes nothing need not be written."""

    def make(seeded: Seeded, writer: Account, each: int) -> Script:
        where = path(seeded, writer)
        return in_turn([writer.rendered(method, where, body) for body in bodies(seeded)])

    return Call(requests, _by_writers(make))


def deleting(name: str, requests: int) -> Call:
    def make(seeded: Seeded, writer: Account, each: int) -> Script:
        ids = seeded.copies(name, writer, each)
        return in_turn([writer.rendered("DELETE", f"/api/{name}/{id_}") for id_ in ids])

    return Call(requests, _by_writers(make), 204, clean=lambda seeded: seeded.remove_new(name))


def refreshing(writer: Account) -> Script:
    """Uses each token once."""
    while True:
        pair = yield rendered("POST", "/api/auth/refresh", {"refresh": writer.refresh})
        writer.use(json.loads(pair))


def signing_in(seeded: Seeded, each: int) -> list[Script]:
    return [
        in_turn([rendered("POST", "/api/auth/login", writer.credentials)])
        for writer in seeded.writers[: CALLS["login"].connections]
    ]


def own(name: str) -> Callable[[Seeded, Account], str]:
    return lambda seeded, account: f"/api/{name}/{seeded.kept[name, account.id]}"


def read_own(name: str) -> Callable[[Seeded], str]:
    return lambda seeded: own(name)(seeded, seeded.reader)


def two_weights(given: Callable[[Seeded], dict[str, Any]]) -> Callable[[Seeded], list[object]]:
    return lambda seeded: [{**given(seeded), "exercises": seeded.entries(w)} for w in (62.5, 65.0)]


def two_notes(seeded: Seeded) -> list[object]:
    return [{"notes": "Slowly."}, {"notes": "With a pause."}]


def two_names(seeded: Seeded) -> list[object]:
    return [{"name": "Ann"}, {"name": "Bea"}]


def a_month(seeded: Seeded) -> str:
    begin, end = (f"{seeded.end - timedelta(days=d):%Y-%m-%dT00:00:00Z}" for d in (60, 30))
    return f"/api/history?from={begin}&to={end}"


def current_revision(seeded: Seeded) -> dict[str, str]:
    return {"If-None-Match": seeded.etag}


CALLS = {
    "exercises-list": reading("/api/exercises", 2_000),
    "exercises-one": reading(lambda seeded: f"/api/exercises/{seeded.exercises[0]['id']}", 2_000),
    "exercises-search": reading("/api/exercises?search=bench%20press", 1_200),
    "routines-list": reading("/api/routines", 600),
    "routines-one": reading(read_own("routines"), 800),
    "routines-post": creating("routines", lambda seeded: seeded.routine, 240),
    "routines-put": changing("PUT", own("routines"), two_weights(lambda s: s.routine), 600),
    "routines-patch": changing("PATCH", own("routines"), two_notes, 600),
    "routines-delete": deleting("routines", 240),
    "history-list": reading("/api/history", 600),
    "history-second-page": reading(lambda seeded: seeded.second_page, 400),
    "history-range": reading(a_month, 400),
    "history-one": reading(read_own("history"), 800),
    "history-one-304": reading(read_own("history"), 800, 304, current_revision),
    "history-post": creating("history", lambda seeded: seeded.session, 600),
    "history-put": changing("PUT", own("history"), two_weights(lambda s: s.session), 600),
    "history-patch": changing("PATCH", own("history"), two_notes, 600),
    "history-delete": deleting("history", 600),
    "sync-first-page": reading("/api/sync", 48),
    "sync-nothing-new": reading(lambda seeded: f"/api/sync?since={seeded.fresh_token}", 240),
    "login": Call(8, signing_in, connections=2, clean=lambda seeded: seeded.end_other_sign_ins()),
    "refresh": Call(
        200,
        _by_writers(lambda seeded, writer, each: refreshing(writer)),
        clean=lambda seeded: seeded.age_refreshes(),
    ),
    "me": reading("/api/auth/me", 800),
    "me-patch": changing("PATCH", lambda seeded, writer: "/api/auth/me", two_names, 400),
    "sessions-list": reading("/api/auth/sessions", 800),
}
