"""What MONGODB_URI may say. Messages about it contain no part of a password."""

import re
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from pymongo.errors import PyMongoError
from pymongo.uri_parser import parse_uri

# An acknowledged write survives the loss of a machine, and is what every later read sees.
CONCERNS = {
    "w": "majority",
    "journal": True,
    "readConcernLevel": "majority",
    "readPreference": "primary",
}
SCHEMES = re.compile(r"mongodb(\+srv)?://")
HINT = "In the user name and the password, write @ as %40, / as %2F, : as %3A and % as %25."


def checked_uri(uri: str) -> str:
    """Returns the URI. Raises ImproperlyConfigured if the service can't work with it."""
    if not uri:
        return uri
    scheme = SCHEMES.match(uri)
    if scheme is None:
        raise ImproperlyConfigured("MONGODB_URI must begin with mongodb:// or mongodb+srv://.")
    rest = uri[scheme.end() :]
    if _is_ambiguous(rest):
        raise ImproperlyConfigured(f"MONGODB_URI can't be read. {HINT}")
    try:
        # What follows mongodb+srv:// is looked up only when the service connects.
        options = parse_uri(f"mongodb://{rest}")["options"]
    except (PyMongoError, ValueError, TypeError, OSError) as error:
        reason = _without_authority(str(error), rest)
        hint = f" {HINT}" if "@" in rest or not reason else ""
        raise ImproperlyConfigured(f"MONGODB_URI can't be read{reason}.{hint}") from None
    _refuse_other_concerns({name.lower(): value for name, value in options.items()})
    return uri


def _is_ambiguous(rest: str) -> bool:
    """Whether nobody can tell where the password ends, so that a message might contain some."""
    authority = re.split("[/?]", rest, maxsplit=1)[0]
    return rest.count("@") > 1 or ("@" in rest and "@" not in authority)


def _without_authority(reason: str, rest: str) -> str:
    """The reason, unless it repeats a part of what may be a password."""
    authority = re.split("[/?]", rest, maxsplit=1)[0]
    parts = [part for part in re.split("[:@,]", authority) if part]
    return "" if any(part in reason for part in parts) else f": {reason.removesuffix('.')}"


def _refuse_other_concerns(options: dict[str, Any]) -> None:
    for name, ours in CONCERNS.items():
        given = options.get(name.lower(), ours)
        if given != ours:
            raise ImproperlyConfigured(
                f"MONGODB_URI must not set {name}={_spelled(given)}: the service needs "
                f"{name}={_spelled(ours)}, or it would lose writes that it has acknowledged, or "
                "read old data. Remove the option."
            )


def _spelled(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
