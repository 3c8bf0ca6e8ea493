"""Those who use the service in a soak, and remember what it acknowledged."""

import random
import time
from contextlib import contextmanager
from threading import Lock
from uuid import uuid4

import httpx

PASSWORD = "correct horse 42"
KEPT = 20  # Older sessions and routines are deleted, so that memory may stay as it is.
# Passwords are looked at one after the other: on a slow machine who has to wait for others' is told
# to come back, which is a 503.
one_at_a_time = Lock()
DATE = "2026-11-21T18:30:00Z"


class Visitor:
    """Calls by the paths of the schema, and counts every answer that wasn't expected."""

    visits = ()

    def __init__(self, service, figures):
        self.figures = figures
        self.http = httpx.Client(base_url=f"http://127.0.0.1:{service.port}", timeout=30)

    def make(self, visit):
        """A visit that goes wrong is over, and counted."""
        try:
            getattr(self, visit)()
        except (httpx.HTTPError, KeyError, TimeoutError, Unexpected) as error:
            if not isinstance(error, Unexpected):
                self.figures.add_error(visit, repr(error))

    def call(self, method, path, expected, *, headers=None, id="", **options):
        started = time.monotonic()
        answer = self.http.request(method, path.format(id=id), headers=headers, **options)
        name = f"{method} {path}"
        self.figures.add(name, time.monotonic() - started)
        if answer.status_code != expected:
            self.figures.add_error(name, f"{answer.status_code} {answer.text[:200]}")
            raise Unexpected
        return answer

    def sign_in(self, how, status, email):
        answer = self.call(
            "POST", f"/api/auth/{how}", status, json={"email": email, "password": PASSWORD}
        )
        self.use(answer.json())
        return answer.json()

    def use(self, pair):
        self.refresh_token = pair["refresh"]
        self.http.headers["Authorization"] = f"Bearer {pair['access']}"


class Unexpected(Exception):
    """Has been counted."""


class User(Visitor):
    everyday = (
        *("browse", "record", "record", "record", "correct", "plan", "change_plan", "reorder"),
        *("list_all", "sync", "sync", "refresh", "delete_old", "export", "health"),
    )
    with_passwords = ("sign_in_again", "change_password", "come_and_go")
    visits = 4 * everyday + with_passwords

    def __init__(self, service, figures, mailbox, number):
        super().__init__(service, figures)
        self.mailbox = mailbox
        self.email = f"user{number}-{uuid4().hex[:8]}@example.com"
        self.sessions, self.routines = {}, {}
        self.token, self.copy = None, {"routines": {}, "history": {}}
        self.sign_in("register", 201, self.email)
        page = self.call("GET", "/api/exercises", 200, params={"pageSize": 100}).json()
        self.exercises = [row["id"] for row in page["results"]]

    def make(self, visit):
        if visit not in self.with_passwords:
            return super().make(visit)
        with one_at_a_time:
            super().make(visit)

    def entries(self):
        chosen = random.sample(self.exercises, random.randint(1, 6))
        return [{"exerciseId": id, "sets": 3, "reps": 8, "weight": 62.5} for id in chosen]

    def post(self, path, body):
        """Twice, as a client does whose answer was lost: it is one document."""
        headers = {"Idempotency-Key": uuid4().hex}
        made = self.call("POST", path, 201, json=body, headers=headers).json()
        again = self.call("POST", path, 201, json=body, headers=headers).json()
        self.expect("POST replayed", again, made)
        return made

    def expect(self, what, found, wanted):
        if found != wanted:
            self.figures.add_error(what, f"{found} instead of {wanted}")

    # Visits

    def browse(self):
        params = {"search": "press", "pageSize": 5}
        page = self.call("GET", "/api/exercises", 200, params=params)
        etag = {"If-None-Match": page.headers["ETag"]} if "ETag" in page.headers else None
        if etag and page.text == self.http.get("/api/exercises", params=params).text:
            self.call("GET", "/api/exercises", 304, params=params, headers=etag)
        self.call("GET", "/api/exercises/{id}", 200, id=random.choice(self.exercises))

    def record(self):
        body = {"date": DATE, "exercises": self.entries()}
        if self.routines:
            body["routineId"] = random.choice(list(self.routines))
        made = self.post("/api/history", body)
        self.sessions[made["id"]] = made

    def correct(self):
        self._change("/api/history/{id}", self.sessions, {"notes": uuid4().hex})

    def plan(self):
        made = self.post("/api/routines", {"name": "Push day", "exercises": self.entries()})
        self.routines[made["id"]] = made

    def change_plan(self):
        self._change("/api/routines/{id}", self.routines, {"name": uuid4().hex})

    def _change(self, path, kept, changes):
        if not kept:
            return
        id = random.choice(list(kept))
        found = self.call("GET", path, 200, id=id)
        condition = {"If-Match": found.headers["ETag"]}
        kept[id] = self.call("PATCH", path, 200, id=id, json=changes, headers=condition).json()
        self.call("PATCH", path, 412, id=id, json=changes, headers=condition)
        kept[id] = self.call("PUT", path, 200, id=id, json=found.json()).json()

    def delete_old(self):
        for path, kept in (
            ("/api/history/{id}", self.sessions),
            ("/api/routines/{id}", self.routines),
        ):
            for id in list(kept)[: max(1, len(kept) - KEPT)]:
                self.call("DELETE", path, 204, id=id)
                del kept[id]

    def reorder(self):
        ids = random.sample(list(self.routines), len(self.routines))
        me = self.call("PATCH", "/api/auth/me", 200, json={"routines": ids, "weightUnit": "lb"})
        self.expect("routines in order", me.json()["routines"], ids)

    def list_all(self):
        self.expect("history", self.everything("/api/history"), self.sessions)
        self.expect("routines", self.everything("/api/routines"), self.routines)

    def sync(self):
        self.token = self._follow(self.token, self.copy)

    def refresh(self):
        body = {"refresh": self.refresh_token}
        self.use(self.call("POST", "/api/auth/refresh", 200, json=body).json())

    def sign_in_again(self):
        """On another device, which is then told to leave; and out and in again on this one."""
        with self.elsewhere():
            self.sign_in("login", 200, self.email)
        rows = self.call("GET", "/api/auth/sessions", 200).json()["results"]
        other = next(row["id"] for row in rows if not row["isCurrent"])
        self.call("DELETE", "/api/auth/sessions/{id}", 204, id=other)
        self.call("DELETE", "/api/auth/sessions", 204)
        self.call("POST", "/api/auth/logout", 204, json={"refresh": self.refresh_token})
        self.sign_in("login", 200, self.email)

    @contextmanager
    def elsewhere(self):
        """Signed in as at first again afterwards, whatever happens."""
        mine = self.http.headers["Authorization"], self.refresh_token
        try:
            yield
        finally:
            self.http.headers["Authorization"], self.refresh_token = mine

    def change_password(self):
        body = {"currentPassword": PASSWORD, "newPassword": PASSWORD}
        self.use(self.call("POST", "/api/auth/password", 200, json=body).json())

    def export(self):
        found = self.call("GET", "/api/auth/export", 200).json()
        self.expect("export", len(found["history"]), len(self.sessions))

    def health(self):
        for path in ("/healthz", "/readyz", "/api/schema", "/api/docs"):
            self.call("GET", path, 200)

    def come_and_go(self):
        """A second account, for a while, whose password is forgotten."""
        with self.elsewhere():
            email = f"guest-{uuid4().hex}@example.com"
            self.sign_in("register", 201, email)
            self.post("/api/routines", {"name": "Once", "exercises": self.entries()})
            self.post("/api/history", {"date": DATE, "exercises": self.entries()})
            self.reset(email)
            self.call("GET", "/api/auth/me", 200)
            self.call("DELETE", "/api/auth/me", 204, json={"password": PASSWORD})

    def reset(self, email):
        """Of one account a few times an hour at most."""
        self.call("POST", "/api/auth/password/reset", 202, json={"email": email})
        uid, token = self.mailbox.take(email)
        body = {"uid": uid, "token": token, "newPassword": PASSWORD}
        self.call("POST", "/api/auth/password/reset/confirm", 204, json=body)
        self.sign_in("login", 200, email)

    # What the service has of this user

    def everything(self, path) -> dict:
        rows, query = {}, {"pageSize": 7}
        while True:
            page = self.call("GET", path, 200, params=query).json()
            rows |= {row["id"]: row for row in page["results"]}
            if not page["next"]:
                return rows
            query = dict(httpx.URL(page["next"]).params)

    def _follow(self, token, copy) -> str:
        """The feed from `token` on, into `copy`."""
        while True:
            params = {"since": token} if token else {}
            page = self.call("GET", "/api/sync", 200, params=params).json()
            for name, rows in copy.items():
                rows.update((row["id"], row) for row in page["changes"][name])
                for id in page["deleted"][name]:
                    rows.pop(id, None)
            token = page["next"]
            if not page["hasMore"]:
                return token

    def differences(self) -> list[str]:
        """Between what was acknowledged and what the lists, the user and both feeds say."""
        anew = {"routines": {}, "history": {}}
        self._follow(None, anew)
        self.sync()
        kept = {"routines": self.routines, "history": self.sessions}
        lists = {name: self.everything(f"/api/{name}") for name in kept}
        named = set(self.call("GET", "/api/auth/me", 200).json()["routines"])
        views = {"lists": lists, "sync from scratch": anew, "sync": self.copy}
        found = [name for name, view in views.items() if view != kept]
        found += ["users.routines"] if named != set(self.routines) else []
        return [f"{name} of {self.email} differ from what was acknowledged" for name in found]


class Staff(Visitor):
    """Curates one exercise after another; names take seconds to settle."""

    visits = ("curate",)

    def __init__(self, service, figures):
        super().__init__(service, figures)
        email = "staff@example.com"
        service.manage(
            *("createsuperuser", "--noinput"),
            DJANGO_SUPERUSER_EMAIL=email,
            DJANGO_SUPERUSER_PASSWORD=PASSWORD,
        )
        self.sign_in("login", 200, email)

    def curate(self):
        body = {"name": f"Press {uuid4().hex}", "description": "Upwards."}
        made = self.call("POST", "/api/exercises", 201, json=body).json()
        path, id = "/api/exercises/{id}", made["id"]
        self.call("PATCH", path, 200, id=id, json={"description": "Slowly."})
        self.call("PUT", path, 200, id=id, json={**body, "name": f"{body['name']} 2"})
        self.call("DELETE", path, 204, id=id)
        body = {"refresh": self.refresh_token}
        self.use(self.call("POST", "/api/auth/refresh", 200, json=body).json())
