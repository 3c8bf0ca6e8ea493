"""Limits on guessing passwords, counted in the database and so shared by all processes.

An attempt is counted, by one atomic increment, before the password is checked. However many
attempts are made at once, no more passwords than the limit are checked. `attempts` counts the
attempts in progress and those that failed, `failures` only those that failed. (Where the accounts
that an IP address may create are limited, an attempt that creates one counts as a failure does.)
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from math import ceil
from operator import not_
from time import monotonic, sleep
from typing import Literal, TypeVar

from django.conf import settings
from pymongo import ReturnDocument
from pymongo.collection import Collection
from pymongo.errors import DuplicateKeyError

from fitness_project.api.email_addresses import canonical
from fitness_project.database.deadline import past_the_deadline
from fitness_project.documents.instants import now
from fitness_project.errors import TooManyAttempts

from ..documents import LoginAttemptsDocument
from ..models import LoginAttempts

WINDOW = timedelta(minutes=15)
DAY = timedelta(days=1)
MAX_FAILURES_PER_EMAIL = 5
MAX_FAILURES_PER_ADDRESS = 50
PATIENCE_SECONDS = 1.0
POLL_SECONDS = 0.05

Outcome = Literal["success", "failure", "unknown"]
Result = TypeVar("Result")


def attempt(check: Callable[[], Result], email: str, address: str) -> Result:
    """Checks a password. `check()` returns something true if it is right.

    Raises TooManyAttempts. A success clears the failures counted for the e-mail address, but not
    those for the IP address. An attempt whose check raises doesn't count.
    """
    email = canonical(email)
    _begin(_key("address", address), MAX_FAILURES_PER_ADDRESS)
    try:
        _begin(_key("email", address, email), MAX_FAILURES_PER_EMAIL)
    except TooManyAttempts:
        _add(_key("address", address), attempts=-1)
        raise
    outcome: Outcome = "unknown"
    try:
        result = check()
        outcome = "success" if result else "failure"
        return result
    finally:
        past_the_deadline(_end, email, address, outcome)


def attempt_registration(register: Callable[[], Result | None], address: str) -> Result | None:
    """Creates an account. `register()` returns None if the e-mail address is taken, which counts
    as a failure of the IP address: nobody finds out that way who has an account.

    Raises TooManyAttempts, also if the IP address has created as many accounts as it may.
    """

    def limited() -> Result | None:
        most, key = settings.REGISTRATIONS_PER_IP, _key("registrations", address)
        return _counting(register, bool, key, most, DAY) if most else register()

    return _counting(limited, not_, _key("address", address), MAX_FAILURES_PER_ADDRESS)


def count_request(what: str, address: str) -> None:
    """Counts one more `what` for this IP address. Raises TooManyAttempts."""
    counter = _count_attempt(_key(what, address))
    if counter["attempts"] > MAX_FAILURES_PER_ADDRESS:
        raise TooManyAttempts(_seconds_left(counter), "Too many requests.")


def locked_until(email: str) -> datetime | None:
    """When the last IP address that is locked out for this e-mail address no longer is, if any is.

    (An IP address with too many failures for other e-mail addresses is locked out besides.)
    """
    locked = _counters().find(
        {"email": _key("email", canonical(email)), "failures": {"$gte": MAX_FAILURES_PER_EMAIL}}
    )
    ends = [counter["expiresAt"].replace(tzinfo=UTC) for counter in locked]
    return max((end for end in ends if end > now()), default=None)


def unlock(email: str) -> None:
    """Forgets the failures counted for this e-mail address, from whatever IP address."""
    session = LoginAttempts.objects.documents.session
    _counters().delete_many({"email": _key("email", canonical(email))}, session=session)


def is_within_limit(what: str, email: str) -> bool:
    """Counts one more `what` for this e-mail address: five within 15 minutes are allowed."""
    return _count_attempt(_key(what, canonical(email)))["attempts"] <= MAX_FAILURES_PER_EMAIL


def _counting(
    work: Callable[[], Result],
    counts: Callable[[Result], bool],
    key: str,
    limit: int,
    window: timedelta = WINDOW,
) -> Result:
    """Returns `work()`, which is counted if its result `counts`. Raises TooManyAttempts."""
    _begin(key, limit, window)
    amount = {"attempts": -1}
    try:
        result = work()
        if counts(result):
            amount = {"failures": 1}
        return result
    finally:
        past_the_deadline(_add, key, **amount)


def _begin(key: str, limit: int, window: timedelta = WINDOW) -> None:
    """Waits briefly for attempts in progress, because they may succeed."""
    deadline = monotonic() + PATIENCE_SECONDS
    while True:
        counter = _count_attempt(key, window)
        if counter["attempts"] <= limit:
            return
        _add(key, attempts=-1)
        if counter["failures"] >= limit:
            raise TooManyAttempts(_seconds_left(counter))
        if monotonic() > deadline:
            raise TooManyAttempts(ceil(PATIENCE_SECONDS))
        sleep(POLL_SECONDS)


def _seconds_left(counter: LoginAttemptsDocument) -> int:
    left = counter["expiresAt"] - now().replace(tzinfo=None)
    return max(1, left // timedelta(seconds=1) + 1)


def _end(email: str, address: str, outcome: Outcome) -> None:
    amount = {"failures": 1} if outcome == "failure" else {"attempts": -1}
    _add(_key("address", address), **amount)
    counter = {"_id": _key("email", address, email)}
    if outcome == "success":
        _counters().delete_one(counter)
    else:
        _counters().update_one(counter, {"$inc": amount, "$set": {"email": _key("email", email)}})


def _count_attempt(key: str, window: timedelta = WINDOW) -> LoginAttemptsDocument:
    """Counts one more attempt in the current window, or the first of a new one."""
    present = now()
    while True:
        try:
            # An upsert always finds a document.
            return _counters().find_one_and_update(  # type: ignore[return-value]
                {"_id": key, "expiresAt": {"$gt": present}},
                {
                    "$inc": {"attempts": 1},
                    "$setOnInsert": {"failures": 0, "expiresAt": present + window},
                },
                upsert=True,
                return_document=ReturnDocument.AFTER,
            )
        except DuplicateKeyError:
            # Another attempt has just opened the window, or the last one has expired and MongoDB
            # hasn't deleted it yet.
            _counters().delete_one({"_id": key, "expiresAt": {"$lte": present}})


def _add(key: str, **amounts: int) -> None:
    _counters().update_one({"_id": key}, {"$inc": amounts})


def _key(*parts: str) -> str:
    """A digest, so that no addresses are stored in clear text."""
    return sha256("\n".join(parts).encode()).hexdigest()


def _counters() -> Collection[LoginAttemptsDocument]:
    return LoginAttempts.objects.documents.collection
