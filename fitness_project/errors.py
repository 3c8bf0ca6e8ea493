"""The project's own exceptions. Only `api/problems` turns them into responses."""

from math import ceil

UNITS = ((3600, "hour"), (60, "minute"), (1, "second"))


class DomainError(Exception):
    """A request breaks a rule. Its text tells the client what would be right.

    An error without a text gets that of its code in `api/problems/codes`.
    """


class FieldRefused(DomainError):
    """A field of the input is refused for a reason that a serializer can't know.

    Each fault is a pair of an error code and a text that says what is wrong.
    """

    def __init__(self, field: str, *faults: tuple[str, str]) -> None:
        super().__init__(" ".join(detail for _, detail in faults))
        self.field = field
        self.faults = faults


class Missing(DomainError):
    """The document doesn't exist, or this user may not see it."""


class Merged(Missing):
    """The document was merged into the one with the id `kept_id`."""

    def __init__(self, kept_id: object) -> None:
        super().__init__(f"This was merged into the one with the id {kept_id}. Use that instead.")
        self.kept_id = kept_id


class LimitReached(DomainError):
    """The user already has as many of these documents as the service allows."""


class Taken(DomainError):
    """The chosen id belongs to another document."""


class InUse(DomainError):
    """The document can't be deleted while others refer to it."""


class PreconditionFailed(DomainError):
    """The document isn't at a revision that `If-Match` names.

    `current` is the revision that it is at: its ETag without the quotation marks.
    """

    def __init__(self, current: object = None) -> None:
        super().__init__()
        self.current = current


class Gone(DomainError):
    """The document or token existed once, and won't exist again."""


class KeyReused(DomainError):
    """An idempotency key was sent with a different body before."""


class TooManyAttempts(DomainError):
    """Password attempts, or other requests, are refused for `seconds`."""

    def __init__(self, seconds: int, reason: str = "Too many failed attempts.") -> None:
        super().__init__(f"{reason} Try again in {in_words(seconds)}.")
        self.seconds = seconds


class Busy(DomainError):
    """The service can't accept more work at the moment."""


class Unreachable(DomainError):
    """The database is known to be away."""


class BadCredentials(DomainError):
    """No account has this e-mail address and password."""


class TokenNotValid(DomainError):
    """This service didn't issue the token, or its sign-in has ended."""


def in_words(seconds: int) -> str:
    """Rounds up, so that whoever waits that long has waited long enough.

    A unit is used from two of it: 61 minutes aren't called 2 hours.
    """
    size, unit = next((known for known in UNITS if seconds >= 2 * known[0]), UNITS[-1])
    count = ceil(seconds / size)
    return f"{count} {unit}" if count == 1 else f"{count} {unit}s"
