"""Origins of web apps, as browsers send them in `Origin`. Any other spelling would never match."""

from ipaddress import IPv4Address, IPv6Address
from urllib.parse import urlsplit

import idna
from django.core.exceptions import ImproperlyConfigured

from .environment import comma_separated

DEFAULT_PORTS = {"http": 80, "https": 443}
FORM = (
    "An origin is a scheme and a host, with a port unless it is the scheme's own, such as "
    "https://app.example or http://localhost:3000."
)
NO_PATTERN = "List each origin: * stands for nothing."


def origins(name: str) -> list[str]:
    """Raises ImproperlyConfigured, with the right spelling, for an origin that no browser sends."""
    given = comma_separated(name)
    for each in given:
        sent = as_sent(each)
        if sent != each:
            advice = f"Write {sent}." if sent else FORM if "*" not in each else NO_PATTERN
            raise ImproperlyConfigured(f"{name}: no browser sends the origin {each!r}. {advice}")
    return given


def as_sent(origin: str) -> str | None:
    """How browsers send an origin, or None if it isn't one. (`null` is that of local files.)"""
    if origin == "null":
        return origin
    try:
        parts = urlsplit(origin)
        host, port = _host(parts.hostname or ""), parts.port
    except ValueError:
        return None
    if not host or not parts.scheme:
        return None
    has_port = port is not None and port != DEFAULT_PORTS.get(parts.scheme)
    return f"{parts.scheme}://{host}:{port}" if has_port else f"{parts.scheme}://{host}"


def _host(name: str) -> str:
    """Raises ValueError if there can't be such a host."""
    if ":" in name and "%" not in name:
        return f"[{IPv6Address(name)}]"
    if not name.isascii():
        return idna.encode(name, uts46=True).decode()
    labels = name.removesuffix(".").split(".")
    if labels[-1].isdigit():
        return str(IPv4Address(name))
    if not all(label.replace("-", "").replace("_", "").isalnum() for label in labels):
        raise ValueError(name)
    return name
