"""Two instances behind nginx on one database: one after the other restarts, and nobody notices."""

import http.client
import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from contextlib import closing, contextmanager
from threading import Event, Thread

import pytest

from fitness_project.tests.e2e.client import JSON, Client, call
from fitness_project.tests.e2e.service import Service, free_port
from fitness_project.tests.e2e.watch import SESSION
from fitness_project.tests.processes import PATIENCE_SECONDS, wait_until

NGINX = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")

pytestmark = [
    pytest.mark.timeout(600),
    pytest.mark.skipif(NGINX is None, reason="nginx isn't installed (Debian: nginx-light)"),
]

TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
VISITORS = 6
SOME = 40


def configuration(folder, port, services) -> str:
    # nginx would leave out a server for ten seconds after it has refused a connection.
    servers = "".join(f"server 127.0.0.1:{one.port} max_fails=0; " for one in services)
    paths = "".join(f"{name}_temp_path {folder}/{name}; " for name in TEMPORARY)
    return f"""
        daemon off;
        pid {folder}/nginx.pid;
        error_log {folder}/nginx.log;
        events {{}}
        http {{
            access_log off;
            {paths}
            upstream service {{ {servers} keepalive 16; }}
            server {{
                listen 127.0.0.1:{port};
                location / {{
                    proxy_pass http://service;
                    proxy_http_version 1.1;
                    proxy_set_header Connection "";
                    proxy_set_header Host $host;
                }}
            }}
        }}
    """


@contextmanager
def nginx(folder, services):
    """Yields the port on which it listens."""
    port = free_port()
    (folder / "nginx.conf").write_text(configuration(folder, port, services))
    process = subprocess.Popen(
        [NGINX, "-c", folder / "nginx.conf", "-p", folder, "-e", folder / "nginx.log"]
    )
    try:
        yield port
    finally:
        process.terminate()
        process.wait(PATIENCE_SECONDS)


class Visitor(Thread):
    """Reads and writes on one connection to the proxy until the test is over."""

    def __init__(self, client, entries, over):
        super().__init__()
        self.client = client
        self.over = over
        self.session = json.dumps({**SESSION, "exercises": entries})
        self.statuses = Counter()

    def run(self):
        address = ("127.0.0.1", self.client.port, PATIENCE_SECONDS)
        with closing(http.client.HTTPConnection(*address)) as connection:
            while not self.over.is_set():
                self._ask(connection, "GET", None)
                self._ask(connection, "POST", self.session)

    def _ask(self, connection, method, body):
        headers = {"Authorization": f"Bearer {self.client.token}", "Content-Type": JSON}
        try:
            connection.request(method, "/api/history", body, headers)
            response = connection.getresponse()
            response.read()
            self.statuses[method, response.status] += 1
        except (OSError, http.client.HTTPException) as error:
            self.statuses[method, repr(error)] += 1
            connection.close()

    @property
    def count(self) -> int:
        return self.statuses.total()


@pytest.fixture
def services(tmp_path):
    services = [Service(tmp_path / "var", log=f"{n}.log", WORKERS="1") for n in ("one", "two")]
    try:
        for service in services:
            service.start()
        yield services
    finally:
        for service in services:
            service.clear()


def test_no_request_is_refused_or_lost(services, tmp_path):
    over = Event()
    with nginx(tmp_path, services) as port:
        wait_until(lambda: call(port, "GET", "/healthz").status == 200)
        ann = Client(port, "register", "ann@example.com")
        entries = ann.entries()
        visitors = [Visitor(ann, entries, over) for _ in range(VISITORS)]
        for visitor in visitors:
            visitor.start()
        try:
            for service in services:
                wait_for_more(visitors)
                service.terminate()
                service.process.wait(PATIENCE_SECONDS)
                wait_for_more(visitors)
                service.start()
        finally:
            over.set()
            for visitor in visitors:
                visitor.join()

        found = sum((visitor.statuses for visitor in visitors), Counter())
        sys.stdout.write(f"{dict(found)}\n")
        assert set(found) == {("GET", 200), ("POST", 201)}
        assert len(ann.everything("/api/history")) == found["POST", 201]


def wait_for_more(visitors):
    before = [visitor.count for visitor in visitors]
    wait_until(
        lambda: all(
            visitor.count > count + SOME for visitor, count in zip(visitors, before, strict=True)
        )
    )
