import os
from io import BytesIO

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fitness_project.settings")

django_application = get_wsgi_application()

from django.conf import settings  # noqa: E402 - only now are there any

from fitness_project.api.admission import turn  # noqa: E402


def application(environ, start_response):
    """Takes the body in, however slowly it comes, and then its turn.

    Django takes a body without a Content-Length for none: a chunked one gets its length here.
    One over the limit is cut one byte past it, for Django to refuse.
    """
    length = environ.get("CONTENT_LENGTH")
    if length or environ.get("HTTP_TRANSFER_ENCODING"):
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1
        wanted = min(int(length), limit) if length and length.isdigit() else limit
        body = environ["wsgi.input"].read(wanted)
        environ |= {"wsgi.input": BytesIO(body), "CONTENT_LENGTH": str(len(body))}
    with turn():
        return django_application(environ, start_response)
