"""The WSGI application. A server calls `application` with each request."""

import os

import django
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fitness_project.settings")
django.setup(set_prefix=False)

from collections.abc import Callable, Iterable  # noqa: E402 - settings exist only from here on
from functools import lru_cache  # noqa: E402
from typing import Any  # noqa: E402

from django.conf import settings  # noqa: E402
from django.core import signals  # noqa: E402
from django.core.cache import close_caches  # noqa: E402
from django.core.handlers.base import reset_urlconf  # noqa: E402
from django.db import close_old_connections, reset_queries  # noqa: E402
from django.http import HttpRequest  # noqa: E402
from django.urls import ResolverMatch, resolve  # noqa: E402

from .bodies import Environ, has_body, take_body  # noqa: E402
from .stopping import closing, is_stopping  # noqa: E402
from .turns import Turns  # noqa: E402

# Nothing is closed between requests, because MongoDB's client is a pool.
signals.request_started.disconnect(close_old_connections)
signals.request_finished.disconnect(close_old_connections)
signals.request_finished.disconnect(close_caches)
signals.request_finished.disconnect(reset_urlconf)  # There is only one.
if not settings.DEBUG:
    signals.request_started.disconnect(reset_queries)  # None are kept.

# Calls that use the database for a moment. Password hashing would occupy a place for long, and
# exercises are read from memory. A request keeps its place while it waits for a distant database,
# so patience is short. At half of it, a line of sixty threads (which takes 50 ms) would break up.
DOCUMENTS = ("/api/history", "/api/routines", "/api/sync")
_turns = Turns(places=4, patience=0.1)

MAX_HOSTS = 100
MAX_PATH = 100
_hosts: dict[str, str] = {}


class Request(WSGIRequest):
    def get_host(self) -> str:
        """Validates each host once per process, not once per request."""
        given = self.META.get("HTTP_HOST", "")
        host = _hosts.get(given)
        if host is None:
            host = super().get_host()
            if len(_hosts) >= MAX_HOSTS:
                _hosts.clear()
            if given:
                _hosts[given] = host
        return host


class Handler(WSGIHandler):
    request_class = Request

    def resolve_request(self, request: HttpRequest) -> ResolverMatch:
        """Remembers where the last paths lead, which takes longer than it seems."""
        path = request.path_info
        request.resolver_match = _resolve(path) if len(path) < MAX_PATH else resolve(path)
        return request.resolver_match


_resolve = lru_cache(maxsize=1_000)(resolve)


django_application = Handler()


def application(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
    if is_stopping():
        start_response = closing(start_response)
    if has_body(environ):
        take_body(environ)
    if environ["PATH_INFO"].startswith(DOCUMENTS):
        return _turns.take(django_application, environ, start_response)
    return django_application(environ, start_response)
