from datetime import UTC, datetime


def now() -> datetime:
    """The current time in UTC, in whole milliseconds: the database stores no finer."""
    value = datetime.now(UTC)
    return value.replace(microsecond=value.microsecond // 1000 * 1000)
