from collections.abc import Mapping
from datetime import datetime
from typing import Any


def is_same(stored: Any, valid: Any) -> bool:
    """Whether a stored value is what a serializer returned. Within them, absent equals null."""
    if isinstance(valid, datetime):
        naive = valid.replace(tzinfo=None)  # As PyMongo reads dates.
        return bool(stored == naive)
    if stored == valid:
        return True
    if isinstance(stored, Mapping) and isinstance(valid, Mapping):
        names = stored.keys() | valid.keys()
        return all(is_same(stored.get(name), valid.get(name)) for name in names)
    if isinstance(stored, list) and isinstance(valid, list):
        return len(stored) == len(valid) and all(map(is_same, stored, valid))
    return False
