"""Figures of this service alone: a fresh database, a seeded user, every call in turn.

    make bench            or: .venv/bin/python bench/run.py [SECONDS A CALL]

The load comes from threads of this process, so requests a second are what the machine has left for
them; CPU a request is the figure to compare from one version to the next.
"""

import argparse
import http.client
import json
import threading
import time
from datetime import UTC, datetime, timedelta
from statistics import median

from pymongo import MongoClient
from service import Service

CONNECTIONS = 8
ROUTINES = 20
SESSIONS = 1_000
ENTRIES = 6


HEAD = "call                     req/s   p50 ms   p99 ms  server ms  database ms"


def main(seconds):
    with Service() as service:
        user, calls = seed(service)
        print(HEAD)
        for name, call in calls.items():
            measure(service, user, call, 0.5)
            row = measure(service, user, call, seconds)
            print(f"{name:22}" + "{:8.0f}{:9.2f}{:9.2f}{:11.2f}{:13.2f}".format(*row))
        print(f"memory of the server: {service.memory_mb():.0f} MB")


def seed(service):
    body = {"email": "bench@example.com", "password": "correct horse 42"}
    _, answer = service.ask("POST", "/api/auth/register", body)
    token = answer["access"]
    _, page = service.ask("GET", "/api/exercises?pageSize=100", token=token)
    entries = [
        {"exerciseId": row["id"], "sets": 3, "reps": 8, "weight": 60.5}
        for row in page["results"][:ENTRIES]
    ]
    routine = {"name": "Push", "exercises": entries}
    ids = [service.ask("POST", "/api/routines", routine, token)[1]["id"] for _ in range(ROUTINES)]
    session = {"date": "2000-01-01T10:00:00Z", "exercises": entries}
    _, made = service.ask("POST", "/api/history", session, token)
    fill_history(service)
    return token, {
        "exercises, a page": ("GET", "/api/exercises", None),
        "exercise, one": ("GET", f"/api/exercises/{page['results'][0]['id']}", None),
        "routines, a page": ("GET", "/api/routines", None),
        "history, newest page": ("GET", "/api/history", None),
        "history, one": ("GET", f"/api/history/{made['id']}", None),
        "history POST": ("POST", "/api/history", session),
        "routine PUT": ("PUT", f"/api/routines/{ids[0]}", routine),
        "login": ("POST", "/api/auth/login", body),
    }


def fill_history(service):
    history = MongoClient(service.uri).fitness.history
    model = history.find_one({}, {"_id": 0})
    end = datetime.now(UTC)
    history.insert_many({**model, "date": end - timedelta(hours=12 * n)} for n in range(SESSIONS))


def measure(service, token, call, seconds):
    """Requests a second, median and 99th percentile, CPU ms a request of server and database."""
    latencies, before = [], service.cpu_seconds()
    end = time.perf_counter() + seconds
    connections = 2 if call[1].endswith("login") else CONNECTIONS
    threads = [
        threading.Thread(target=ask_until, args=(service.port, token, call, end, latencies))
        for _ in range(connections)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    after = service.cpu_seconds()
    count = len(latencies)
    cpu = [1000 * (b - a) / count for a, b in zip(before, after, strict=True)]
    ordered = sorted(latencies)
    p99 = ordered[int(count * 0.99)]
    return count / seconds, 1000 * median(ordered), 1000 * p99, *cpu


def ask_until(port, token, call, end, latencies):
    method, path, body = call
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
    if body is not None:
        headers["Content-Type"] = "application/json"
    content = body and json.dumps(body)
    while (start := time.perf_counter()) < end:
        connection.request(method, path, content, headers)
        response = connection.getresponse()
        answer = response.read()
        if response.status >= 300:
            raise SystemExit(f"{method} {path}: {response.status} {answer[:300]}")
        latencies.append(time.perf_counter() - start)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("seconds", nargs="?", type=float, default=4.0, help="of each call: 4")
    main(parser.parse_args().seconds)
