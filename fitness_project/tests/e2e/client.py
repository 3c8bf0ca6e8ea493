"""Requests to the running service, and users who send them."""

import http.client
import json
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from fitness_project.tests.processes import PATIENCE_SECONDS

PASSWORD = "correct horse 9"
JSON = "application/json"


@dataclass(frozen=True)
class Response:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def call(
    port: int,
    method: str,
    path: str,
    body: object = None,
    token: str | None = None,
    key: str | None = None,
) -> Response:
    headers = {} if body is None else {"Content-Type": JSON}
    if key:
        headers["Idempotency-Key"] = key
    if token:
        headers["Authorization"] = f"Bearer {token}"
    content = None if body is None else json.dumps(body)
    with closing(http.client.HTTPConnection("127.0.0.1", port, PATIENCE_SECONDS)) as connection:
        connection.request(method, path, content, headers)
        response = connection.getresponse()
        return Response(response.status, response.headers, response.read())


class Client:
    """A user who is signed in."""

    def __init__(self, port: int, how: str, email: str) -> None:
        """`how` is `register` or `login`."""
        self.port = port
        self.email = email
        credentials = {"email": email, "password": PASSWORD}
        response = call(port, "POST", f"/api/auth/{how}", credentials)
        assert response.status in (200, 201), response.body
        self.user = response.json["user"]
        self.token = response.json["access"]
        self.refresh = response.json["refresh"]

    def call(self, method: str, path: str, body: object = None, key: str | None = None) -> Response:
        return call(self.port, method, path, body, self.token, key)

    def everything(self, path: str) -> list[dict[str, Any]]:
        """All rows of a list, page by page."""
        rows, following = [], f"{path}?pageSize=100"
        while following:
            page = self.call("GET", following).json
            rows += page["results"]
            following = (page["next"] or "").removeprefix(f"http://127.0.0.1:{self.port}")
        return rows

    def entries(self) -> list[dict[str, Any]]:
        """What a routine or a session may consist of."""
        (exercise,) = self.call("GET", "/api/exercises?pageSize=1").json["results"]
        return [{"exerciseId": exercise["id"], "sets": 3, "reps": 8, "weight": 62.5}]
