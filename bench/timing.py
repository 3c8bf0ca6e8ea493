"""Does the response time reveal whether an account exists?

    .venv/bin/python bench/timing.py [TRIES]

Sends requests for a known e-mail address and for an unknown one in turn, and prints how long each
took.
"""

import random
import sys
import time
from statistics import median, quantiles

from service import Service

PASSWORD = "correct horse 42"


def main(tries: int) -> None:
    # Each try comes from an IP address of its own, so that the limit on failures stays out of it.
    with Service(TRUSTED_PROXIES="127.0.0.1", EMAIL_URL="dummymail://") as service:
        body = {"email": "known@example.com", "password": PASSWORD}
        service.ask("POST", "/api/auth/register", body)
        compare(service, "/api/auth/login", {"password": "not this one"}, tries)
        compare(service, "/api/auth/password/reset", {}, tries)


def compare(service: Service, path: str, extra: dict[str, str], tries: int) -> None:
    taken: dict[str, list[float]] = {"known": [], "unknown": []}
    for number in range(2 * tries):
        who = ("known", "unknown")[number % 2]
        body = {"email": f"{who}@example.com", **extra}
        address = f"198.51.{random.randrange(256)}.{random.randrange(256)}"
        start = time.perf_counter()
        service.ask("POST", path, body, **{"X-Forwarded-For": address})
        taken[who].append(1000 * (time.perf_counter() - start))
    for who, times in taken.items():
        p10, *_, p90 = quantiles(times, n=10)
        print(f"{path:28}{who:9} median {median(times):7.2f} ms   p10 {p10:7.2f}   p90 {p90:7.2f}")
    print(f"{path:28}ratio of medians {median(taken['known']) / median(taken['unknown']):.3f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
