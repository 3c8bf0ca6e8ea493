"""Where a request comes from."""

from functools import cache
from ipaddress import ip_address, ip_network

from django.conf import settings


class ForwardedProtoMiddleware:
    """Behind a proxy of TRUSTED_PROXIES that ends TLS, requests are https: links and the check of
    origins need to know. From anybody else `X-Forwarded-Proto` says nothing."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        is_https = request.META.get("HTTP_X_FORWARDED_PROTO") == "https"
        if is_https and _is_trusted(request.META.get("REMOTE_ADDR", "")):
            request.META["wsgi.url_scheme"] = "https"
        return self.get_response(request)


def client_address(request) -> str:
    """The client's IP address.

    `X-Forwarded-For` is believed only as far as TRUSTED_PROXIES wrote it: the last address in it
    that isn't one of theirs.
    """
    address = request.META.get("REMOTE_ADDR", "")
    if not _is_trusted(address):
        return address
    for hop in reversed(request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")):
        hop = hop.strip()
        if _parsed(hop) is None:
            break
        address = hop
        if not _is_trusted(hop):
            break
    return address


def _is_trusted(address) -> bool:
    ip = _parsed(address)
    networks = _networks(tuple(settings.TRUSTED_PROXIES))
    return ip is not None and any(ip in network for network in networks)


@cache
def _networks(configured):
    return [ip_network(network, strict=False) for network in configured]


def _parsed(address):
    try:
        return ip_address(address)
    except ValueError:
        return None
