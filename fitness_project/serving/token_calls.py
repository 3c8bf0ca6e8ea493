"""The short way of a call that brings its token.

Sessions, CSRF, messages, static files and headers for documents have nothing to do for
`Authorization: Bearer`, and CORS has nothing to do without an `Origin`. Yet each looks at every
request: together they took a fifth of the time of a response.
"""

from collections.abc import Callable

from corsheaders.middleware import CorsMiddleware
from django.core.handlers.exception import convert_exception_to_response
from django.http import HttpRequest, HttpResponse
from django.utils.deprecation import MiddlewareMixin
from whitenoise.middleware import WhiteNoiseMiddleware

FOR_BROWSERS = (MiddlewareMixin, CorsMiddleware, WhiteNoiseMiddleware)
BODILESS = {204, 304}

GetResponse = Callable[[HttpRequest], HttpResponse]


class TokenCallMiddleware:
    """Stands before the middleware for browsers, and lets calls with a token pass all of it.

    What such a call needs of it is done here: its host is checked, and the response says how long
    it is, that its type is not to be guessed, and that it depends on the origin.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.for_browsers = get_response
        self.past_browsers = past_browsers(get_response)
        self.respond = convert_exception_to_response(self._check_host_and_respond)
        self.respond_across_origins = CorsMiddleware(self.respond)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not brings_token(request):
            return self.for_browsers(request)
        if "HTTP_ORIGIN" in request.META:
            response = self.respond_across_origins(request)
        else:
            response = self.respond(request)
            varies = response.headers.get("Vary")
            response.headers["Vary"] = f"{varies}, origin" if varies else "origin"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response

    def _check_host_and_respond(self, request: HttpRequest) -> HttpResponse:
        request.get_host()
        response = self.past_browsers(request)
        if not response.streaming and response.status_code not in BODILESS:
            response.headers.setdefault("Content-Length", str(len(response.content)))
        return response


def brings_token(request: HttpRequest) -> bool:
    """Whether this call of the API is signed in by its token or not at all."""
    header = request.META.get("HTTP_AUTHORIZATION", "")
    return header.startswith("Bearer ") and request.path.startswith("/api/")


def past_browsers(get_response: GetResponse) -> GetResponse:
    """What comes after the middleware for browsers that stands in a row here."""
    middleware = getattr(get_response, "__wrapped__", None)
    while isinstance(middleware, FOR_BROWSERS):
        get_response = middleware.get_response
        middleware = getattr(get_response, "__wrapped__", None)
    return get_response
