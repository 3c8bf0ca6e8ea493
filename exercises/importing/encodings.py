"""Finds out a file's encoding."""

from .rows import BadFile


def decode(content: bytes, encoding: str | None = None) -> tuple[str, str]:
    """Returns the text and the name of its encoding. Raises BadFile."""
    try:
        return content.decode(encoding or "utf-8-sig"), encoding or "utf-8"
    except (UnicodeDecodeError, LookupError):
        raise BadFile("The file is not UTF-8.") from None
