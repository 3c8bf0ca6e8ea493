import os
from io import BytesIO

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fitness_project.settings")

django_application = get_wsgi_application()

from django.conf import settings  # noqa: E402 - only now are there any
from django.core import signals  # noqa: E402
from django.db import close_old_connections  # noqa: E402

# MongoDB's client is a pool, which isn't closed between requests: there is nothing to look for.
signals.request_started.disconnect(close_old_connections)
signals.request_finished.disconnect(close_old_connections)


def application(environ, start_response):
    """Takes the body in, however slowly it comes, before any work on the request begins."""
    if environ.get("CONTENT_LENGTH") or environ.get("HTTP_TRANSFER_ENCODING"):
        take_body(environ)
    return django_application(environ, start_response)


def take_body(environ):
    """Puts the whole body in the place of the stream.

    Django takes a body without a Content-Length for none: a chunked one gets its length here.
    One over the limit is cut one byte past it, for Django to refuse.
    """
    longest = settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1
    declared = environ.get("CONTENT_LENGTH", "")
    wanted = min(int(declared), longest) if declared.isdigit() else longest
    body = environ["wsgi.input"].read(wanted)
    is_cut = declared.isdigit() and len(body) < wanted
    environ["wsgi.input"] = CutBody() if is_cut else BytesIO(body)
    if not is_cut:
        environ["CONTENT_LENGTH"] = str(len(body))


class CutBody(BytesIO):
    """Of a client that went away, or said a length that isn't so."""

    def read(self, *_):
        raise OSError("The body ended before its Content-Length.")
