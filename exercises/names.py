"""Decides when two names are the same."""

import unicodedata


def name_key(name: str) -> str:
    """The name with case and spacing normalised: `" Bench  PRESS"` becomes `"bench press"`."""
    return " ".join(unicodedata.normalize("NFC", name.casefold()).split())
