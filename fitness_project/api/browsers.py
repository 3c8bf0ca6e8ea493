"""Django's middleware for browsers, passed by where a call brings its token.

Sessions, CSRF, messages, static files, headers for documents and CORS have nothing to do for
`Authorization: Bearer` from no page of another origin, but each looks at every request: together
they took a fifth of the time of an answer. The classes are Django's own; what decides is one
function.
"""

from corsheaders.middleware import CorsMiddleware as Cors
from django.contrib.auth.middleware import AuthenticationMiddleware as Authentication
from django.contrib.messages.middleware import MessageMiddleware as Message
from django.contrib.sessions.middleware import SessionMiddleware as Session
from django.middleware.clickjacking import XFrameOptionsMiddleware as XFrameOptions
from django.middleware.common import CommonMiddleware as Common
from django.middleware.csrf import CsrfViewMiddleware as Csrf
from django.middleware.security import SecurityMiddleware as Security
from django.utils.cache import patch_vary_headers
from whitenoise.middleware import WhiteNoiseMiddleware as WhiteNoise


def brings_token(request) -> bool:
    """Whether this is a call of the API's that is signed in by its token or not at all."""
    return request.META.get("HTTP_AUTHORIZATION", "").startswith(
        "Bearer "
    ) and request.path.startswith("/api/")


class PassedBy:
    """A mixin before a middleware that has nothing to do where a call brings its token."""

    def __call__(self, request):
        if brings_token(request):
            return self.get_response(request)
        return super().__call__(request)


class WhiteNoiseMiddleware(PassedBy, WhiteNoise):
    pass


class SessionMiddleware(PassedBy, Session):
    pass


class CsrfViewMiddleware(PassedBy, Csrf):
    pass


class AuthenticationMiddleware(PassedBy, Authentication):
    pass


class MessageMiddleware(PassedBy, Message):
    pass


class CommonMiddleware(PassedBy, Common):
    pass


class SecurityMiddleware(PassedBy, Security):
    pass


class XFrameOptionsMiddleware(PassedBy, XFrameOptions):
    pass


class CorsMiddleware(Cors):
    """What is left to do for a call: an unknown host is refused, the answer has a length, nobody
    takes it for anything but what it says it is, and it depends on the `Origin`, even on none."""

    def __call__(self, request):
        if not brings_token(request):
            return super().__call__(request)
        request.get_host()
        if "HTTP_ORIGIN" in request.META:
            response = super().__call__(request)
        else:
            response = self.get_response(request)
            patch_vary_headers(response, ("origin",))
        response.headers["X-Content-Type-Options"] = "nosniff"
        if not response.streaming:
            response.headers.setdefault("Content-Length", str(len(response.content)))
        return response
