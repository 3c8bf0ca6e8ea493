"""A walk through the API with httpx: python clients/python/walkthrough.py [URL]

It shows what an app needs: signing in and refreshing, retrying, paging, writing conditionally, and
keeping a copy offline. It creates an account on the service at URL, and deletes it at the end.
"""

import sys
import time
from collections.abc import Generator, Iterator
from contextlib import suppress
from typing import Any
from uuid import uuid4

import httpx

PASSWORD = "correct horse 9"
WAITS = (0.5, 1, 2)  # Seconds between attempts, where the service doesn't say how many.
MAX_WAIT_SECONDS = 10
BUSY = (429, 502, 503, 504)
KINDS = ("exercises", "routines", "history")

Json = dict[str, Any]


class SignIn(httpx.Auth):
    """Sends the access token. When it has expired, gets the next pair and sends the call again."""

    requires_response_body = True

    def __init__(self, url: str, pair: Json) -> None:
        self.url = url
        self.keep(pair)

    def keep(self, pair: Json) -> None:
        """An app would store both, because a refresh token works once."""
        self.access, self.refresh = pair["access"], pair["refresh"]

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers["Authorization"] = f"Bearer {self.access}"
        response = yield request
        if response.status_code != httpx.codes.UNAUTHORIZED:
            return
        body = {"refresh": self.refresh}
        refreshed = yield httpx.Request("POST", f"{self.url}/api/auth/refresh", json=body)
        if refreshed.status_code == httpx.codes.OK:
            self.keep(refreshed.json())
            request.headers["Authorization"] = f"Bearer {self.access}"
            yield request


class Problem(Exception):
    """A response that isn't a success."""

    def __init__(self, response: httpx.Response) -> None:
        self.status = response.status_code
        self.body = problem_in(response)
        fields = [f"{error['pointer']}: {error['detail']}" for error in self.body["errors"]]
        super().__init__(f"{self.status} {self.body['code']}: {self.body['detail']} {fields}")

    @property
    def refuses_token(self) -> bool:
        """Whether the change feed must be read from the start."""
        pointers = [error["pointer"] for error in self.body["errors"]]
        return self.status == httpx.codes.GONE or "?since" in pointers


def problem_in(response: httpx.Response) -> Json:
    """The problem document. A proxy's response has none."""
    body: Json = {"code": "", "detail": response.reason_phrase, "errors": []}
    if response.headers.get("Content-Type", "").startswith("application/problem+json"):
        body |= response.json()
    return body


def is_busy(response: httpx.Response) -> bool:
    return response.status_code in BUSY or problem_in(response)["code"] == "conflict"


class Api:
    def __init__(self, url: str, email: str) -> None:
        self.http = httpx.Client(base_url=url, timeout=30)
        pair = self.call("POST", "/api/auth/register", {"email": email, "password": PASSWORD})
        self.http.auth = self.sign_in = SignIn(url, pair)

    def call(self, method: str, path: str, body: Json | None = None, **headers: str) -> Any:
        """What the service returns. Raises Problem for anything but a success."""
        request = self.http.build_request(method, path, json=body, headers=headers)
        response = self._send(request)
        if not response.is_success:
            raise Problem(response)
        return response.json() if response.content else None

    def _send(self, request: httpx.Request) -> httpx.Response:
        """Sends a request again if its response was lost or the service is busy."""
        for wait in WAITS if is_repeatable(request) else ():
            with suppress(httpx.TransportError):
                response = self.http.send(request)
                wait = float(response.headers.get("Retry-After", wait))
                if not is_busy(response) or wait > MAX_WAIT_SECONDS:
                    return response
            time.sleep(wait)
        return self.http.send(request)

    def create(self, path: str, body: Json) -> Json:
        """Creates one document, however often the request is sent."""
        created: Json = self.call("POST", path, body, **{"Idempotency-Key": str(uuid4())})
        return created

    def change(self, path: str, copy: Json, changes: Json) -> Json:
        """Changes a document unless it has changed since the copy was read."""
        etag = f'"{copy["revision"]}"'
        changed: Json = self.call("PATCH", f"{path}/{copy['id']}", changes, **{"If-Match": etag})
        return changed

    def rows(self, path: str) -> Iterator[Json]:
        """All rows of a list, page by page."""
        following: str | None = path
        while following:
            page = self.call("GET", following)
            yield from page["results"]
            following = page["next"]


def is_repeatable(request: httpx.Request) -> bool:
    """Whether it has the same effect however often it is sent."""
    return request.method != "POST" or "Idempotency-Key" in request.headers


class Copy:
    """A copy for offline use. An app would store it with the token, page by page."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        self.documents: dict[str, dict[str, Json]] = {kind: {} for kind in KINDS}
        self.token: str | None = None

    def update(self, api: Api) -> None:
        has_more = True
        while has_more:
            page = self._page(api)
            for kind in KINDS:
                self.documents[kind] |= {row["id"]: row for row in page["changes"][kind]}
                for deleted in page["deleted"][kind]:
                    self.documents[kind].pop(deleted, None)
            self.token, has_more = page["next"], page["hasMore"]
            if has_more and not any([*page["changes"].values(), *page["deleted"].values()]):
                time.sleep(1)  # Something is being written, and can be read when it is done.

    def _page(self, api: Api) -> Json:
        path = f"/api/sync?since={self.token}" if self.token else "/api/sync"
        try:
            page: Json = api.call("GET", path)
        except Problem as problem:
            if not self.token or not problem.refuses_token:
                raise
            self.clear()
            return self._page(api)
        return page


def browse(api: Api) -> Json:
    exercises = list(api.rows("/api/exercises?equipment=barbell&pageSize=10"))
    print("Read", len(exercises), "barbell exercises, in pages of 10")
    return exercises[0]


def plan_and_record(api: Api, exercise: Json) -> tuple[Json, Json]:
    entry = {"exerciseId": exercise["id"], "sets": 3, "reps": 8, "weight": 60}
    routine = api.create("/api/routines", {"name": "Push day", "exercises": [entry]})
    done = {"date": "2026-11-21T19:30:00+01:00", "routineId": routine["id"]}
    session = api.create("/api/history", {**done, "exercises": [{**entry, "weight": 62.5}]})
    print("Recorded", session["exercises"][0]["name"], "on", session["date"])
    return routine, session


def make_mistakes(api: Api, exercise: Json) -> None:
    entry = {"exerciseId": exercise["id"], "sets": 300, "reps": 8}
    try:
        api.create("/api/history", {"exercises": [entry]})
    except Problem as problem:
        print("Wrong fields:", *(error["pointer"] for error in problem.body["errors"]))


def change_on_two_devices(api: Api, copy: Json) -> None:
    """The second device's copy is out of date, so it reads the document and decides again."""
    api.change("/api/routines", copy, {"notes": "From the phone"})
    try:
        changed = api.change("/api/routines", copy, {"name": "Pull day"})
    except Problem as problem:
        print("Refused:", problem.status, problem.body["code"])
        current = api.call("GET", f"/api/routines/{copy['id']}")
        changed = api.change("/api/routines", current, {"name": "Pull day"})
    print("Changed to", changed["name"], "with the notes", changed["notes"])


def delete_with_an_expired_token(api: Api, session: Json) -> None:
    api.sign_in.access = "expired"
    api.call("DELETE", f"/api/history/{session['id']}")
    print("Deleted the session, with a new access token")


def update(copy: Copy, api: Api) -> None:
    copy.update(api)
    print("Copied", ", ".join(f"{len(copy.documents[kind])} {kind}" for kind in KINDS))


def walk(url: str) -> None:
    api, copy = Api(url, f"{uuid4().hex}@example.com"), Copy()
    print("Signed in as", api.call("GET", "/api/auth/me")["email"])
    exercise = browse(api)
    routine, session = plan_and_record(api, exercise)
    make_mistakes(api, exercise)
    update(copy, api)
    change_on_two_devices(api, copy.documents["routines"][routine["id"]])
    delete_with_an_expired_token(api, session)
    update(copy, api)
    api.call("DELETE", "/api/auth/me", {"password": PASSWORD})
    print("Deleted the account")


if __name__ == "__main__":
    walk(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000")
