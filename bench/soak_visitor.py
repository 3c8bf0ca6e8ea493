"""A client of a soak, which counts every response that it doesn't expect."""

import time
from typing import Any, Protocol

import httpx
from service import Service

PASSWORD = "correct horse 42"

Json = dict[str, Any]


class Figures(Protocol):
    def add(self, call: str, seconds: float) -> None: ...

    def add_error(self, call: str, reason: str) -> None: ...


class Unexpected(Exception):
    """A response that wasn't expected. It has been counted."""


class Visitor:
    """Calls by the paths in the schema, and counts every response that isn't the expected one."""

    visits: tuple[str, ...] = ()

    def __init__(self, service: Service, figures: Figures) -> None:
        self.figures = figures
        self.http = httpx.Client(base_url=f"http://127.0.0.1:{service.port}", timeout=30)

    def make(self, visit: str) -> None:
        """A visit ends when something goes wrong, which is counted."""
        try:
            getattr(self, visit)()
        except Unexpected:
            pass
        except (httpx.HTTPError, KeyError, TimeoutError) as error:
            self.figures.add_error(visit, repr(error))

    def call(
        self, method: str, path: str, expected: int, *, document: str = "", **options: Any
    ) -> httpx.Response:
        """`document` is the id in the path; `options` are httpx's."""
        started = time.monotonic()
        response = self.http.request(method, path.format(id=document), **options)
        name = f"{method} {path}"
        self.figures.add(name, time.monotonic() - started)
        if response.status_code != expected:
            self.figures.add_error(name, f"{response.status_code} {response.text[:200]}")
            raise Unexpected
        return response

    def sign_in(self, how: str, status: int, email: str) -> None:
        credentials = {"email": email, "password": PASSWORD}
        self.use(self.call("POST", f"/api/auth/{how}", status, json=credentials).json())

    def use(self, pair: Json) -> None:
        self.refresh_token = pair["refresh"]
        self.http.headers["Authorization"] = f"Bearer {pair['access']}"
