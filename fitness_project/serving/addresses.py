"""Determines where a request comes from."""

from collections.abc import Callable, Mapping
from functools import cache
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse


class ForwardedProtoMiddleware:
    """Trusts `X-Forwarded-Proto` only if a proxy in TRUSTED_PROXIES sent it.

    Links and origin checks depend on whether a request came by https.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        is_https = request.META.get("HTTP_X_FORWARDED_PROTO") == "https"
        if is_https and _is_trusted(request.META.get("REMOTE_ADDR", "")):
            request.META["wsgi.url_scheme"] = "https"
        return self.get_response(request)


def client_address(request: HttpRequest) -> str:
    return address_in(request.META)


def address_in(environ: Mapping[str, Any]) -> str:
    """The client's IP address.

    Only entries that TRUSTED_PROXIES added to `X-Forwarded-For` count, so the client is the last
    address in it that isn't a trusted proxy.
    """
    address: str = environ.get("REMOTE_ADDR", "")
    hops = environ.get("HTTP_X_FORWARDED_FOR", "").split(",")
    while _is_trusted(address) and hops and _parsed(hop := hops.pop().strip()):
        address = hop
    return address


def _is_trusted(address: str) -> bool:
    ip = _parsed(address)
    networks = _networks(tuple(settings.TRUSTED_PROXIES))
    return ip is not None and any(ip in network for network in networks)


@cache
def _networks(configured: tuple[str, ...]) -> list[IPv4Network | IPv6Network]:
    return [ip_network(network, strict=False) for network in configured]


def _parsed(address: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(address)
    except ValueError:
        return None
