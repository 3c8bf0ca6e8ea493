import os
from io import BytesIO
from threading import Semaphore

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fitness_project.settings")

django_application = get_wsgi_application()

from django.conf import settings  # noqa: E402 - only now are there any
from django.core import signals  # noqa: E402
from django.core.cache import close_caches  # noqa: E402
from django.core.handlers.base import reset_urlconf  # noqa: E402
from django.db import close_old_connections, reset_queries  # noqa: E402

from fitness_project.api.errors import Busy  # noqa: E402
from fitness_project.turns import Turns  # noqa: E402

# Nothing is closed between requests: MongoDB's client is a pool, and so is Redis'.
signals.request_started.disconnect(close_old_connections)
signals.request_finished.disconnect(close_old_connections)
signals.request_finished.disconnect(close_caches)
signals.request_finished.disconnect(reset_urlconf)  # There is but one.
if not settings.DEBUG:
    signals.request_started.disconnect(reset_queries)  # None are kept.

# Who sends a body slowly keeps a thread waiting, and for as long as it likes: were the answer given
# while a read is under way, granian would wait for that, and let no other thread work meanwhile. So
# some of the server's threads are always left to answer who sends no body.
BODIES = 48

# Calls that ask the database for a moment. What makes hashes would keep a place for long, and the
# catalogue is read in memory. Whoever waits for a database far away keeps one too, hence so little
# patience; with half of it a line of sixty, which takes 50 ms, breaks up.
DOCUMENTS = ("/api/history", "/api/routines", "/api/sync")
_turns = Turns(places=4, patience=0.1)

_bodies = Semaphore(BODIES)


def application(environ, start_response):
    """Takes the body in, however slowly it comes, before any work on the request begins."""
    if environ.get("CONTENT_LENGTH") or environ.get("HTTP_TRANSFER_ENCODING"):
        take_body(environ)
    if environ["PATH_INFO"].startswith(DOCUMENTS):
        return _turns.take(django_application, environ, start_response)
    return django_application(environ, start_response)


def take_body(environ):
    """Puts the whole body in the place of the stream.

    Django takes a body without a Content-Length for none: a chunked one gets its length here.
    One over the limit is cut one byte past it, for Django to refuse.
    """
    longest = settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1
    declared = environ.get("CONTENT_LENGTH", "")
    wanted = min(int(declared), longest) if declared.isdigit() else longest
    try:
        body = _read(environ["wsgi.input"], wanted)
    except Busy as error:
        environ["wsgi.input"] = UnreadBody(error)
        environ["CONTENT_LENGTH"] = declared or "1"  # Django would take it for empty.
        return
    if declared.isdigit() and len(body) < wanted:
        environ["wsgi.input"] = UnreadBody(OSError("The body ended before its Content-Length."))
        return
    environ["wsgi.input"] = BytesIO(body)
    environ["CONTENT_LENGTH"] = str(len(body))


def _read(stream, size) -> bytes:
    """Raises Busy where too many bodies are waited for already."""
    if not _bodies.acquire(blocking=False):
        raise Busy("Too many requests are being received at this moment: try again shortly.")
    try:
        return stream.read(size)
    finally:
        _bodies.release()


class UnreadBody(BytesIO):
    """Of a client that went away, or said a length that isn't so; or one too many."""

    def __init__(self, error):
        super().__init__()
        self.error = error

    def read(self, *_):
        raise self.error
