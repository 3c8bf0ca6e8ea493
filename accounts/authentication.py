"""Bearer tokens: HS256 with this service's key, type `access`, not expired, of a live sign-in."""

from time import monotonic, time

from django.contrib.auth import get_user_model
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.exceptions import AuthenticationFailed
from rest_framework_simplejwt.authentication import JWTAuthentication
from rest_framework_simplejwt.exceptions import InvalidToken

from .models import SignIn

MAX_AGE = 4.0
MAX_REMEMBERED = 10_000


class RememberedPrincipals:
    """Who came with which token, as the database told at most MAX_AGE seconds ago.

    A stream of requests with one token then costs two queries and one signature every few
    seconds, and what ends a sign-in (logout, a changed password, deactivation, deletion) holds
    everywhere within five. Requests share the users: they are not to be changed.
    """

    def __init__(self):
        self._principals = {}
        self._next_sweep = 0.0

    def get(self, text):
        """`(user, token)`, or None where it has to be found out."""
        principal, until = self._principals.get(text, (None, 0.0))
        return principal if until > monotonic() else None

    def remember(self, text, principal, asked):
        """From the moment `asked` on; and no longer than the token lives."""
        if asked >= self._next_sweep:
            self._next_sweep = asked + MAX_AGE
            for other, (_, until) in list(self._principals.items()):
                if until <= asked:
                    self._principals.pop(other, None)
        if len(self._principals) < MAX_REMEMBERED:
            _, token = principal
            self._principals[text] = principal, asked + min(MAX_AGE, token["exp"] - time())

    def forget(self):
        self._principals.clear()


remembered_principals = RememberedPrincipals()


class BearerAuthentication(JWTAuthentication):
    def authenticate_header(self, request):
        return "Bearer"

    def authenticate(self, request):
        header = self.get_header(request)
        text = header and self.get_raw_token(header)
        if text is None:
            return None
        principal = remembered_principals.get(text)
        if principal is None:
            asked = monotonic()
            token = self.get_validated_token(text)
            principal = self.get_user(token), token
            remembered_principals.remember(text, principal, asked)
        return principal

    def get_raw_token(self, header):
        """The scheme's case makes no difference (RFC 9110)."""
        scheme, space, token = header.partition(b" ")
        return super().get_raw_token(scheme.capitalize() + space + token)

    def get_validated_token(self, raw_token):
        try:
            return super().get_validated_token(raw_token)
        except InvalidToken:
            detail = (
                "This is no valid access token, or no longer: send the refresh token to /refresh."
            )
            raise InvalidToken(detail) from None

    def get_user(self, validated_token):
        user = _active_user(validated_token)
        if user is None:
            raise AuthenticationFailed("This sign-in is over.", "sign_in_over")
        return user


def _active_user(token):
    sign_in = SignIn.objects.documents.collection.find_one({"_id": token.sign_in_id}, {"userId": 1})
    if sign_in is None or sign_in["userId"] != token.user_id:
        return None
    return get_user_model().objects.filter(pk=token.user_id, is_active=True).first()


class BearerScheme(OpenApiAuthenticationExtension):
    target_class = BearerAuthentication
    name = "bearer"

    def get_security_definition(self, auto_schema):
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
