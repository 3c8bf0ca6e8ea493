"""The project's own exceptions. Only `api/problems` turns them into responses."""


class DomainError(Exception):
    """A rule was broken. `detail` says what would be right."""

    default_detail = ""

    def __init__(self, detail: str = "") -> None:
        self.detail = detail or self.default_detail
        super().__init__(self.detail)


class FieldRefused(DomainError):
    """One field of the input is refused for reasons that a serializer can't see.

    Each fault is a pair: the code of the field's error, and what was wrong.
    """

    def __init__(self, field: str, *faults: tuple[str, str]) -> None:
        super().__init__(" ".join(detail for _, detail in faults))
        self.field = field
        self.faults = faults


class Missing(DomainError):
    """This user has no such document."""


class LimitReached(DomainError):
    """The user has as many of these documents as the service allows."""


class Taken(DomainError):
    """The chosen id belongs to another document."""

    default_detail = "This id is taken. GET it, because you may have created it, or choose another."


class InUse(DomainError):
    """The document can't be deleted while others refer to it."""


class BeingDeleted(DomainError):
    """The document is about to be deleted."""


class PreconditionFailed(DomainError):
    """The document is at another revision than `If-Match` names."""

    default_detail = (
        "The document's ETag isn't the one in If-Match (an ETag with W/ never matches). Read the "
        "document again and use its current ETag."
    )


class Overtaken(DomainError):
    """Another write changed the document after it was read: read it and try again."""


class Gone(DomainError):
    """It existed once and will not exist again."""


class KeyReused(DomainError):
    """An idempotency key came with another body than the first time."""

    default_detail = "This Idempotency-Key was used with another body. Choose a new key."


class TooManyAttempts(DomainError):
    """Guessing is blocked for `seconds`."""

    default_detail = "Too many failed attempts."

    def __init__(self, seconds: int) -> None:
        super().__init__()
        self.seconds = seconds


class Busy(DomainError):
    """The service can't take on more work at this moment."""


class BadCredentials(DomainError):
    """No account has this e-mail address and password."""

    default_detail = "No active account has this e-mail address and password."


class TokenNotValid(DomainError):
    """The token isn't one of this service's, or its sign-in has ended."""

    default_detail = "This sign-in is over. Sign in again."
