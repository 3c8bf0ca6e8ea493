"""The WSGI application: `application` is what a server calls with each request."""

import os

import django
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fitness_project.settings")
django.setup(set_prefix=False)

from collections.abc import Callable, Iterable  # noqa: E402 - settings exist only from here on
from typing import Any  # noqa: E402

from django.conf import settings  # noqa: E402
from django.core import signals  # noqa: E402
from django.core.cache import close_caches  # noqa: E402
from django.core.handlers.base import reset_urlconf  # noqa: E402
from django.db import close_old_connections, reset_queries  # noqa: E402

from .bodies import Environ, has_body, take_body  # noqa: E402
from .turns import Turns  # noqa: E402

# Nothing is closed between requests: MongoDB's client is a pool, and so is that of Redis.
signals.request_started.disconnect(close_old_connections)
signals.request_finished.disconnect(close_old_connections)
signals.request_finished.disconnect(close_caches)
signals.request_finished.disconnect(reset_urlconf)  # There is only one.
if not settings.DEBUG:
    signals.request_started.disconnect(reset_queries)  # None are kept.

# The calls that ask the database for a moment. Those that make hashes would keep a place for long,
# and the catalogue is read from memory. A request that waits for a distant database keeps its place
# too, so patience is short; with half of it, a line of sixty (which takes 50 ms) breaks up.
DOCUMENTS = ("/api/history", "/api/routines", "/api/sync")
_turns = Turns(places=4, patience=0.1)

MAX_HOSTS = 100
_hosts: dict[str, str] = {}


class Request(WSGIRequest):
    def get_host(self) -> str:
        """Each allowed host is checked once by a process, not by each request."""
        given = self.META.get("HTTP_HOST", "")
        host = _hosts.get(given)
        if host is None:
            host = super().get_host()
            if len(_hosts) < MAX_HOSTS:
                _hosts[given] = host
        return host


class Handler(WSGIHandler):
    request_class = Request


django_application = Handler()


def application(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
    if has_body(environ):
        take_body(environ)
    if environ["PATH_INFO"].startswith(DOCUMENTS):
        return _turns.take(django_application, environ, start_response)
    return django_application(environ, start_response)
