"""What services raise. `problems.py` alone turns these into answers."""


class DomainError(Exception):
    """A rule was broken. `code` is stable, `detail` says what would be right."""

    code = "error"

    def __init__(self, detail, code=None):
        super().__init__(detail)
        self.detail = detail
        self.code = code or self.code


class Conflict(DomainError):
    """The state of what is stored forbids it: a limit is reached, or it is in use."""

    code = "conflict"


class FieldRefused(DomainError):
    """One field of the input can't stand, as only the database could tell."""

    code = "invalid"

    def __init__(self, field, detail, code=None):
        super().__init__(detail, code)
        self.field = field


class Missing(DomainError):
    """There is no such document for this user."""

    code = "not_found"


class PreconditionFailed(DomainError):
    """The document is at another revision than `If-Match` names."""

    code = "precondition_failed"

    def __init__(self):
        super().__init__(
            "The document has not the ETag of If-Match (W/ never matches): read it again, and use "
            "its present ETag."
        )


class Gone(DomainError):
    """It was there, and won't be again."""

    code = "gone"


class Busy(DomainError):
    """Too much is asked at this moment."""

    code = "busy"


class KeyReused(DomainError):
    """An idempotency key came with another body than the first time."""

    code = "idempotency_key_reused"

    def __init__(self):
        super().__init__("This Idempotency-Key was used with another body: choose a new one.")


class TooManyAttempts(DomainError):
    """Guessing is over for `seconds`."""

    code = "too_many_attempts"

    def __init__(self, seconds):
        super().__init__("Too many failed attempts.")
        self.seconds = seconds
