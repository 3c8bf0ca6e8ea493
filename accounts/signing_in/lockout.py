"""Limits on guessing passwords, counted in the database and so shared by all processes.

An attempt takes its place before the password is looked at, by one atomic increment: however
many come at once, no more than the limit are looked at. `attempts` counts those under way and
those that failed, `failures` those that failed.
"""

from contextlib import contextmanager
from datetime import timedelta
from hashlib import sha256
from math import ceil
from time import monotonic, sleep

from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from fitness_project.database.deadline import past_the_deadline
from fitness_project.documents.instants import now
from fitness_project.errors import TooManyAttempts

from ..models import LoginAttempts

WINDOW = timedelta(minutes=15)
FAILURES_OF_EMAIL = 5
FAILURES_OF_ADDRESS = 50
PATIENCE_SECONDS = 1.0
POLL_SECONDS = 0.05


@contextmanager
def password_attempt(email: str, address: str):
    """Around one look at a password; the block calls the yielded function if it was right.

    Raises TooManyAttempts. A success clears the e-mail's count and not the address's.
    """
    of_address, of_email = _key("address", address), _key("email", address, email)
    _take_place(of_address, FAILURES_OF_ADDRESS)
    try:
        _take_place(of_email, FAILURES_OF_EMAIL)
    except TooManyAttempts:
        _count(of_address, attempts=-1)
        raise
    verdict = "failures"

    def success():
        nonlocal verdict
        verdict = "success"

    try:
        yield success
    except BaseException:
        verdict = None  # The password wasn't looked at.
        raise
    finally:
        past_the_deadline(_leave, of_address, of_email, verdict)


def is_within_limit(what: str, email: str) -> bool:
    """Counts one more of it for this e-mail: five are within, until the window is over."""
    return _enter(_key(what, email))["attempts"] <= FAILURES_OF_EMAIL


def _leave(of_address, of_email, verdict):
    if verdict == "failures":
        _count(of_email, failures=1)
        _count(of_address, failures=1)
        return
    _count(of_address, attempts=-1)
    if verdict == "success":
        _attempts().delete_one({"_id": of_email})
    else:
        _count(of_email, attempts=-1)


def _take_place(key, limit):
    """Waits for those under way, a moment: they may succeed."""
    deadline = monotonic() + PATIENCE_SECONDS
    while True:
        counter = _enter(key)
        if counter["attempts"] <= limit:
            return
        _count(key, attempts=-1)
        if counter["failures"] >= limit:
            raise TooManyAttempts(_seconds_left(counter))
        if monotonic() > deadline:
            raise TooManyAttempts(ceil(PATIENCE_SECONDS))
        sleep(POLL_SECONDS)


def _enter(key) -> dict:
    """One more attempt in the window that is open, or the first of a new one."""
    present = now()
    while True:
        try:
            counter = _attempts().find_one_and_update(
                {"_id": key, "expiresAt": {"$gt": present}},
                {
                    "$inc": {"attempts": 1},
                    "$setOnInsert": {"failures": 0, "expiresAt": present + WINDOW},
                },
                upsert=True,
                return_document=ReturnDocument.AFTER,
            )
        except DuplicateKeyError:
            # Another has opened the window just now, or the last one is over and still stored.
            _attempts().delete_one({"_id": key, "expiresAt": {"$lte": present}})
        else:
            return counter


def _count(key, **changes):
    _attempts().update_one({"_id": key}, {"$inc": changes})


def _seconds_left(counter) -> int:
    left = counter["expiresAt"] - now().replace(tzinfo=None)
    return max(1, int(left.total_seconds()) + 1)


def _key(*parts) -> str:
    """Neither addresses nor e-mails are kept in the clear."""
    return sha256("\n".join(parts).encode()).hexdigest()


def _attempts():
    return LoginAttempts.objects.documents.collection
