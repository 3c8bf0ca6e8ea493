"""When two names are the same name."""

import unicodedata


def name_key(name: str) -> str:
    """The name without its case and spacing: `" Bench  PRESS"` is `"bench press"`."""
    return " ".join(unicodedata.normalize("NFC", name.casefold()).split())
