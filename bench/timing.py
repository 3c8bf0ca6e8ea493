"""Does the time of an answer tell who has an account?

    .venv/bin/python bench/timing.py [TRIES]

Asks in turn, for a known e-mail and for an unknown one, and prints both distributions.
"""

import random
import sys
import time
from statistics import median, quantiles

from service import Service

PASSWORD = "correct horse 42"


def main(tries):
    # Every try comes from an address of its own: the limit on guessing is not what is measured.
    with Service(TRUSTED_PROXIES="127.0.0.1", EMAIL_URL="dummymail://") as service:
        body = {"email": "known@example.com", "password": PASSWORD}
        service.ask("POST", "/api/auth/register", body)
        for name, path, extra in (
            ("login", "/api/auth/login", {"password": "not this one"}),
            ("password reset", "/api/auth/password/reset", {}),
        ):
            compare(service, name, path, extra, tries)


def compare(service, name, path, extra, tries):
    taken = {"known": [], "unknown": []}
    for number in range(2 * tries):
        who = ("known", "unknown")[number % 2]
        body = {"email": f"{who}@example.com", **extra}
        address = f"198.51.{random.randrange(256)}.{random.randrange(256)}"
        start = time.perf_counter()
        service.ask("POST", path, body, **{"X-Forwarded-For": address})
        taken[who].append(1000 * (time.perf_counter() - start))
    for who, times in taken.items():
        p10, *_, p90 = quantiles(times, n=10)
        print(f"{name:16}{who:9} median {median(times):7.2f} ms   p10 {p10:7.2f}   p90 {p90:7.2f}")
    print(f"{name:16}ratio of medians {median(taken['known']) / median(taken['unknown']):.3f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
