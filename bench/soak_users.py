"""The users of a soak, who remember what the service acknowledged."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Protocol
from uuid import uuid4

import httpx
from service import Service
from soak_visitor import PASSWORD, Figures, Json, Visitor

KEPT = 20  # Older sessions and routines are deleted, so that memory can stay as it is.
# Hashing takes long and few passwords are hashed at a time: on a slow machine, further requests
# would get a 503.
one_at_a_time = Lock()
DATE = "2026-11-21T18:30:00Z"

Rows = dict[str, Json]
"""Documents by id."""


class Mailbox(Protocol):
    def take(self, address: str) -> tuple[str, str]: ...


class User(Visitor):
    everyday = (
        *("browse", "record", "record", "record", "correct", "plan", "change_plan", "reorder"),
        *("list_all", "sync", "sync", "refresh", "delete_old", "export", "health"),
    )
    with_passwords = ("sign_in_again", "change_password", "come_and_go")
    visits = 4 * everyday + with_passwords

    def __init__(self, service: Service, figures: Figures, mailbox: Mailbox, number: int) -> None:
        super().__init__(service, figures)
        self.mailbox = mailbox
        self.email = f"user{number}-{uuid4().hex[:8]}@example.com"
        self.sessions: Rows = {}
        self.routines: Rows = {}
        self.token: str | None = None
        self.copy: dict[str, Rows] = {"routines": {}, "history": {}}
        self.sign_in("register", 201, self.email)
        page = self.call("GET", "/api/exercises", 200, params={"pageSize": 100}).json()
        self.exercises = [row["id"] for row in page["results"]]

    def make(self, visit: str) -> None:
        if visit not in self.with_passwords:
            return super().make(visit)
        with one_at_a_time:
            super().make(visit)

    def entries(self) -> list[Json]:
        chosen = random.sample(self.exercises, random.randint(1, 6))
        return [{"exerciseId": one, "sets": 3, "reps": 8, "weight": 62.5} for one in chosen]

    def post(self, path: str, body: Json) -> Json:
        """Sends it twice, like a client whose response was lost: both return one document."""
        headers = {"Idempotency-Key": uuid4().hex}
        created: Json = self.call("POST", path, 201, json=body, headers=headers).json()
        again = self.call("POST", path, 201, json=body, headers=headers).json()
        self.expect("POST replayed", again, created)
        return created

    def expect(self, what: str, found: object, wanted: object) -> None:
        if found != wanted:
            self.figures.add_error(what, f"{found} instead of {wanted}")

    # Visits

    def browse(self) -> None:
        params = {"search": "curl", "pageSize": "5"}  # The curator adds none of these.
        page = self.call("GET", "/api/exercises", 200, params=params)
        etag = {"If-None-Match": page.headers["ETag"]} if "ETag" in page.headers else None
        if etag and page.text == self.http.get("/api/exercises", params=params).text:
            self.call("GET", "/api/exercises", 304, params=params, headers=etag)
        self.call("GET", "/api/exercises/facets", 200, params={"search": "curl"})
        self.call("GET", "/api/exercises/{id}", 200, document=random.choice(self.exercises))

    def record(self) -> None:
        body: Json = {"date": DATE, "exercises": self.entries()}
        if self.routines:
            body["routineId"] = random.choice(list(self.routines))
        created = self.post("/api/history", body)
        self.sessions[created["id"]] = created

    def correct(self) -> None:
        self._change("/api/history/{id}", self.sessions, {"notes": uuid4().hex})

    def plan(self) -> None:
        created = self.post("/api/routines", {"name": "Push day", "exercises": self.entries()})
        self.routines[created["id"]] = created

    def change_plan(self) -> None:
        self._change("/api/routines/{id}", self.routines, {"name": uuid4().hex})

    def _change(self, path: str, kept: Rows, changes: Json) -> None:
        if not kept:
            return
        one = random.choice(list(kept))
        found = self.call("GET", path, 200, document=one)
        condition = {"If-Match": found.headers["ETag"]}
        change: Json = {"json": changes, "headers": condition}
        kept[one] = self.call("PATCH", path, 200, document=one, **change).json()
        self.call("PATCH", path, 412, document=one, **change)
        kept[one] = self.call("PUT", path, 200, document=one, json=found.json()).json()

    def delete_old(self) -> None:
        for path, kept in (
            ("/api/history/{id}", self.sessions),
            ("/api/routines/{id}", self.routines),
        ):
            for oldest in list(kept)[: max(1, len(kept) - KEPT)]:
                self.call("DELETE", path, 204, document=oldest)
                del kept[oldest]

    def reorder(self) -> None:
        ids = random.sample(list(self.routines), len(self.routines))
        me = self.call("PATCH", "/api/auth/me", 200, json={"routines": ids, "weightUnit": "lb"})
        self.expect("routines in order", me.json()["routines"], ids)

    def list_all(self) -> None:
        self.expect("history", self.everything("/api/history"), self.sessions)
        self.expect("routines", self.everything("/api/routines"), self.routines)

    def sync(self) -> None:
        self.token = self._follow(self.token, self.copy)

    def refresh(self) -> None:
        body = {"refresh": self.refresh_token}
        self.use(self.call("POST", "/api/auth/refresh", 200, json=body).json())

    def sign_in_again(self) -> None:
        """Signs in on another device, ends that session, and signs out and in again on this one."""
        with self.elsewhere():
            self.sign_in("login", 200, self.email)
        rows = self.call("GET", "/api/auth/sessions", 200).json()["results"]
        other = next(row["id"] for row in rows if not row["isCurrent"])
        self.call("DELETE", "/api/auth/sessions/{id}", 204, document=other)
        self.call("DELETE", "/api/auth/sessions", 204)
        self.call("POST", "/api/auth/logout", 204, json={"refresh": self.refresh_token})
        self.sign_in("login", 200, self.email)

    @contextmanager
    def elsewhere(self) -> Iterator[None]:
        """Returns to the present sign-in when the block ends, whatever happens."""
        mine = self.http.headers["Authorization"], self.refresh_token
        try:
            yield
        finally:
            self.http.headers["Authorization"], self.refresh_token = mine

    def change_password(self) -> None:
        body = {"currentPassword": PASSWORD, "newPassword": PASSWORD}
        self.use(self.call("POST", "/api/auth/password", 200, json=body).json())

    def export(self) -> None:
        found = self.call("GET", "/api/auth/export", 200).json()
        self.expect("export", len(found["history"]), len(self.sessions))

    def health(self) -> None:
        for path in ("/", "/api", "/healthz", "/readyz", "/api/schema", "/api/docs", "/sign-in"):
            self.call("GET", path, 200)

    def come_and_go(self) -> None:
        """Creates a second account, changes its address, forgets its password and deletes it."""
        with self.elsewhere():
            email = f"guest-{uuid4().hex}@example.com"
            self.sign_in("register", 201, email)
            self.post("/api/routines", {"name": "Once", "exercises": self.entries()})
            self.post("/api/history", {"date": DATE, "exercises": self.entries()})
            email = self.change_email()
            self.reset(email)
            self.expect("email", self.call("GET", "/api/auth/me", 200).json()["email"], email)
            self.call("DELETE", "/api/auth/me", 204, json={"password": PASSWORD})

    def change_email(self) -> str:
        email = f"guest-{uuid4().hex}@example.com"
        body = {"newEmail": email, "password": PASSWORD}
        self.call("POST", "/api/auth/email", 202, json=body)
        uid, token = self.mailbox.take(email)
        body = {"uid": uid, "token": token}
        self.call("POST", "/api/auth/email/confirm", 204, json=body)
        return email

    def reset(self, email: str) -> None:
        """Each account may do this only a few times an hour."""
        self.call("POST", "/api/auth/password/reset", 202, json={"email": email})
        uid, token = self.mailbox.take(email)
        body = {"uid": uid, "token": token, "newPassword": PASSWORD}
        self.call("POST", "/api/auth/password/reset/confirm", 204, json=body)
        self.sign_in("login", 200, email)

    # What the service has stored for this user

    def everything(self, path: str) -> Rows:
        rows: Rows = {}
        query = {"pageSize": "7"}
        while True:
            page = self.call("GET", path, 200, params=query).json()
            rows |= {row["id"]: row for row in page["results"]}
            if not page["next"]:
                return rows
            query = dict(httpx.URL(page["next"]).params.items())

    def _follow(self, token: str | None, copy: dict[str, Rows]) -> str:
        """Applies the feed from `token` on to `copy`. Returns the last token."""
        while True:
            params = {"since": token} if token else {}
            page = self.call("GET", "/api/sync", 200, params=params).json()
            for name, rows in copy.items():
                rows.update((row["id"], row) for row in page["changes"][name])
                for deleted in page["deleted"][name]:
                    rows.pop(deleted, None)
            token = page["next"]
            if not page["hasMore"]:
                return page["next"]

    def differences(self) -> list[str]:
        """Between what was acknowledged and what the lists, the account and two feeds return."""
        fresh: dict[str, Rows] = {"routines": {}, "history": {}}
        self._follow(None, fresh)
        self.sync()
        kept = {"routines": self.routines, "history": self.sessions}
        lists = {name: self.everything(f"/api/{name}") for name in kept}
        named = set(self.call("GET", "/api/auth/me", 200).json()["routines"])
        views = {"lists": lists, "sync from scratch": fresh, "sync": self.copy}
        found = [name for name, view in views.items() if view != kept]
        found += ["users.routines"] if named != set(self.routines) else []
        return [f"{name} of {self.email} differ from what was acknowledged" for name in found]


class Staff(Visitor):
    """A curator, who creates, changes and deletes exercises. New names take seconds to settle."""

    visits = ("curate",)

    def __init__(self, service: Service, figures: Figures) -> None:
        super().__init__(service, figures)
        email = "staff@example.com"
        service.manage(
            *("createsuperuser", "--noinput"),
            DJANGO_SUPERUSER_EMAIL=email,
            DJANGO_SUPERUSER_PASSWORD=PASSWORD,
        )
        self.sign_in("login", 200, email)

    def curate(self) -> None:
        body = {"name": f"Press {uuid4().hex}", "description": "Upwards."}
        created = self.call("POST", "/api/exercises", 201, json=body).json()
        path, one = "/api/exercises/{id}", created["id"]
        self.call("PATCH", path, 200, document=one, json={"description": "Slowly."})
        self.call("PUT", path, 200, document=one, json={**body, "name": f"{body['name']} 2"})
        self._merge_another_into(one, body["name"])
        self.call("DELETE", path, 204, document=one)
        body = {"refresh": self.refresh_token}
        self.use(self.call("POST", "/api/auth/refresh", 200, json=body).json())

    def _merge_another_into(self, one: str, name: str) -> None:
        other = self.call("POST", "/api/exercises", 201, json={"name": name}).json()["id"]
        merge = {"exerciseIds": [other]}
        self.call("POST", "/api/exercises/{id}/merge", 200, document=one, json=merge)
        self.call("GET", "/api/exercises/{id}", 308, document=other)
        params = {"format": "csv", "search": name}
        self.call("GET", "/api/exercises/export", 200, params=params)
