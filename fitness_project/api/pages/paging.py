"""Links to the pages before and after a page of a list or of the change feed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.http import QueryDict
from rest_framework.request import Request


@dataclass(frozen=True)
class Pages:
    previous: str | None
    next: str | None
    next_label: str = "Next"


def pages_of(request: Request, data: Any) -> Pages | None:
    """None if the response isn't a page."""
    if not isinstance(data, Mapping) or "next" not in data:
        return None
    if "hasMore" in data:
        label = "Next" if data["hasMore"] else "What has changed since"
        return Pages(None, f"{request.path}?{_since(data['next'])}", label)
    return Pages(_on_this_host(data["previous"]), _on_this_host(data["next"]))


def _on_this_host(url: str | None) -> str | None:
    """Behind a proxy, the browser may have another address for this host."""
    return url and urlsplit(url)._replace(scheme="", netloc="").geturl()


def _since(token: str) -> str:
    query = QueryDict(mutable=True)
    query["since"] = token
    return query.urlencode()
