"""Middleware for browsers, passed by where a call brings its token.

Sessions, CSRF, messages, static files and headers for documents have nothing to do for
`Authorization: Bearer`, CORS nothing without an `Origin`, but each looks at every request: together
they took a fifth of the time of an answer. The classes are those of Django, WhiteNoise and
django-cors-headers.
"""

from corsheaders.middleware import CorsMiddleware as Cors
from django.contrib.auth.middleware import AuthenticationMiddleware as Authentication
from django.contrib.messages.middleware import MessageMiddleware as Message
from django.contrib.sessions.middleware import SessionMiddleware as Session
from django.middleware.clickjacking import XFrameOptionsMiddleware as XFrameOptions
from django.middleware.common import CommonMiddleware as Common
from django.middleware.csrf import CsrfViewMiddleware as Csrf
from django.middleware.security import SecurityMiddleware as Security
from whitenoise.middleware import WhiteNoiseMiddleware as WhiteNoise

BODILESS = {204, 304}


def brings_token(request) -> bool:
    """Whether this is a call of the API's that is signed in by its token or not at all."""
    return request.META.get("HTTP_AUTHORIZATION", "").startswith(
        "Bearer "
    ) and request.path.startswith("/api/")


class PassedBy:
    """A mixin before a middleware that has nothing to do where a call brings its token.

    Such a call goes `past` all that stand in a row at once.
    """

    def __init__(self, get_response):
        super().__init__(get_response)
        following = getattr(get_response, "__wrapped__", None)
        can_skip = type(following).__call__ is PassedBy.__call__
        self.past = following.past if can_skip else get_response

    def __call__(self, request):
        return self.past(request) if brings_token(request) else super().__call__(request)


class SecurityMiddleware(PassedBy, Security):
    """Of its headers a call needs one; the others are for documents. The settings turn on nothing
    else of it."""

    def __call__(self, request):
        if not brings_token(request):
            return super().__call__(request)
        response = self.past(request)
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response


class WhiteNoiseMiddleware(PassedBy, WhiteNoise):
    pass


class SessionMiddleware(PassedBy, Session):
    pass


class CommonMiddleware(PassedBy, Common):
    """A call's host must be a known one, and its answer has a length."""

    def __call__(self, request):
        if not brings_token(request):
            return super().__call__(request)
        request.get_host()
        response = self.past(request)
        if not response.streaming and response.status_code not in BODILESS:
            response.headers.setdefault("Content-Length", str(len(response.content)))
        return response


class CsrfViewMiddleware(PassedBy, Csrf):
    pass


class AuthenticationMiddleware(PassedBy, Authentication):
    pass


class MessageMiddleware(PassedBy, Message):
    pass


class XFrameOptionsMiddleware(PassedBy, XFrameOptions):
    pass


class CorsMiddleware(Cors):
    """Without an `Origin` all that is left to say is that the answer depends on it."""

    def __call__(self, request):
        if "HTTP_ORIGIN" in request.META or not brings_token(request):
            return super().__call__(request)
        response = self.get_response(request)
        varies = response.headers.get("Vary")
        response.headers["Vary"] = f"{varies}, origin" if varies else "origin"
        return response
