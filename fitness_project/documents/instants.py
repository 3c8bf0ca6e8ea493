from datetime import UTC, datetime


def now() -> datetime:
    """The present, in UTC, to the millisecond, which is how exactly the database stores it."""
    value = datetime.now(UTC)
    return value.replace(microsecond=value.microsecond // 1000 * 1000)
