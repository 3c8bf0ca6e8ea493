"""A service with users and their documents: one user reads, and the others write.

Both sides of a comparison are seeded alike. The API creates one document of each kind, and the rest
are copies of what it stored, so that they have whatever fields a revision stores.
"""

import time
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

from bson import ObjectId
from load import rendered
from pymongo import MongoClient
from pymongo.database import Database
from service import Service

PASSWORD = "correct horse 42"
WRITERS = 8
ROUTINES = 20
SESSIONS = 1_000
SESSIONS_OF_WRITERS = 100
SIGN_INS = 3
ENTRIES = 6
# Half the life of an access token.
TOKEN_SECONDS = 300
# The change feed repeats what changed in the last minute.
LONG_AGO = timedelta(hours=1)

Json = dict[str, Any]


class Account:
    def __init__(self, service: Service, email: str, *, is_new: bool = True) -> None:
        self._service = service
        self.credentials = {"email": email, "password": PASSWORD}
        path, status = ("register", 201) if is_new else ("login", 200)
        signed_in = self._ask("POST", f"/api/auth/{path}", self.credentials, status=status)
        self.id = ObjectId(signed_in["user"]["id"])
        self.use(signed_in)

    def use(self, pair: Json) -> None:
        self.refresh, self._access = pair["refresh"], pair["access"]
        self._since = time.monotonic()

    @property
    def access(self) -> str:
        """Valid for some minutes."""
        if time.monotonic() > self._since + TOKEN_SECONDS:
            self.use(self._ask("POST", "/api/auth/refresh", {"refresh": self.refresh}))
        return self._access

    def ask(self, method: str, path: str, body: object = None, status: int = 200) -> Any:
        """The response's body. Ends the run if the status isn't the expected one."""
        return self._ask(method, path, body, status, self.access)

    def rendered(self, method: str, path: str, body: object = None, **headers: str) -> bytes:
        return rendered(method, path, body, self.access, **headers)

    def _ask(
        self, method: str, path: str, body: object, status: int = 200, token: str | None = None
    ) -> Any:
        found, content = self._service.ask(method, path, body, token)
        if found != status:
            raise SystemExit(f"{method} {path}: {found} instead of {status}: {content}")
        return content


class Seeded:
    def __init__(self, service: Service, end: datetime) -> None:
        """`end` is the date of the newest session."""
        self.service = service
        self.reader = Account(service, "reader@example.com")
        self.writers = [Account(service, f"writer{n}@example.com") for n in range(WRITERS)]
        self.exercises = self.reader.ask("GET", "/api/exercises?pageSize=100")["results"]
        self.end = end
        self.routine = {"name": "Push", "exercises": self.entries(60.5)}
        self.session = {"date": "2000-01-01T10:00:00Z", "exercises": self.entries(60.5)}
        self._fill()
        self._newest = _now_on()

    def entries(self, weight: float) -> list[Json]:
        return [
            {"exerciseId": row["id"], "sets": 3, "reps": 8, "weight": weight}
            for row in self.exercises[:ENTRIES]
        ]

    def _fill(self) -> None:
        for _ in range(ROUTINES):
            self.reader.ask("POST", "/api/routines", self.routine, 201)
        for _ in range(SIGN_INS):
            self.reader.use(self.reader.ask("POST", "/api/auth/login", self.reader.credentials))
        self._fill_history(self.reader, SESSIONS)
        for name in ("routines", "history"):
            aged = {"$set": {"updatedAt": datetime.now(UTC) - LONG_AGO}}
            self.database[name].update_many({"userId": self.reader.id}, aged)
        for writer in self.writers:
            writer.ask("POST", "/api/routines", self.routine, 201)
            self._fill_history(writer, SESSIONS_OF_WRITERS)

    def _fill_history(self, account: Account, count: int) -> None:
        account.ask("POST", "/api/history", self.session, 201)
        model = self._model("history", account)
        dates = (self.end - timedelta(hours=12 * number) for number in range(count))
        self.database.history.insert_many({**model, "_id": ObjectId(), "date": d} for d in dates)

    @cached_property
    def database(self) -> Database[Json]:
        return MongoClient(self.service.uri).fitness

    def _model(self, name: str, account: Account) -> Json:
        found = self.database[name].find_one({"userId": account.id})
        if found is None:
            raise SystemExit(f"There is nothing in {name} of {account.credentials['email']}.")
        return found

    # Parts of the calls

    @cached_property
    def kept(self) -> dict[tuple[str, ObjectId], str]:
        """By kind and user, the id of a document that is never deleted."""
        everybody = [self.reader, *self.writers]
        return {
            (name, account.id): str(self._model(name, account)["_id"])
            for name in ("routines", "history")
            for account in everybody
        }

    @cached_property
    def second_page(self) -> str:
        """The path of the second page of the reader's history."""
        following = self.reader.ask("GET", "/api/history")["next"]
        return following[following.index("/api/") :]

    @cached_property
    def etag(self) -> str:
        """Of the session that the reader reads."""
        path = f"/api/history/{self.kept['history', self.reader.id]}"
        return self.service.etag(path, self.reader.access)

    @cached_property
    def fresh_token(self) -> str:
        """A token of the change feed after which nothing has changed."""
        page = self.reader.ask("GET", "/api/sync")
        while page["hasMore"]:
            page = self.reader.ask("GET", f"/api/sync?since={page['next']}")
        page = self.reader.ask("GET", f"/api/sync?since={page['next']}")
        if any([*page["changes"].values(), *page["deleted"].values()]):
            raise SystemExit(f"The change feed doesn't come to an end: {page}")
        return page["next"]

    def copies(self, name: str, account: Account, count: int) -> list[str]:
        """The ids of `count` new copies of one of the user's documents."""
        model, ids = self._model(name, account), [ObjectId() for _ in range(count)]
        self.database[name].insert_many({**model, "_id": id_} for id_ in ids)
        if name == "routines":
            added = {"$push": {"routines": {"$each": ids}}}
            self.database.users.update_one({"_id": account.id}, added)
        return [str(id_) for id_ in ids]

    # Cleaning up

    def remove_new(self, name: str) -> None:
        """Removes all that was stored since the seeding, and the tombstones."""
        self.database[name].delete_many({"_id": {"$gt": self._newest}})
        if name == "routines":
            for writer in self.writers:
                only = [ObjectId(self.kept["routines", writer.id])]
                self.database.users.update_one({"_id": writer.id}, {"$set": {"routines": only}})

    def end_other_sign_ins(self) -> None:
        for writer in self.writers:
            writer.ask("DELETE", "/api/auth/sessions", status=204)

    def age_refreshes(self) -> None:
        """Clients refresh every few minutes, but a sign-in keeps all refreshes of ten seconds."""
        aged = {"$set": {"rotations.$[].at": datetime.now(UTC) - LONG_AGO}}
        self.database["sign_ins"].update_many({"rotations": {"$exists": True}}, aged)


def _now_on() -> ObjectId:
    """An id smaller than all that are generated from now on: an id begins with the second."""
    second = int(time.time()) + 1
    time.sleep(second - time.time())
    return ObjectId.from_datetime(datetime.fromtimestamp(second, UTC))
