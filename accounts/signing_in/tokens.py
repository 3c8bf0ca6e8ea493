"""Access and refresh tokens: HS256, signed with SECRET_KEY, each naming one sign-in (`sid`).

SECRET_KEY_FALLBACKS verify and never sign, so that keys can be changed while tokens live.
"""

from datetime import timedelta
from functools import cache

from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from rest_framework_simplejwt.backends import TokenBackend
from rest_framework_simplejwt.exceptions import (
    TokenBackendError,
    TokenBackendExpiredToken,
    TokenError,
)
from rest_framework_simplejwt.tokens import Token

from fitness_project.documents.ids import parse_object_id

REQUIRED = {"exp": int, "iat": int, "jti": str, "sid": str, "sub": str}
END_OF_TIME = 2**37  # Later ones are beyond the calendar.


class KeyRing:
    """What SimpleJWT calls a token backend, for several keys."""

    def __init__(self, keys):
        self.backends = [TokenBackend("HS256", key) for key in keys]

    def encode(self, payload):
        return self.backends[0].encode(payload)

    def decode(self, token, verify=True):
        for backend in self.backends:
            try:
                return backend.decode(token, verify)
            except TokenBackendExpiredToken:
                raise
            except TokenBackendError as error:
                refusal = error
        raise refusal

    def get_leeway(self):
        return timedelta()


@cache
def key_ring(keys: tuple[str, ...]) -> KeyRing:
    return KeyRing(keys)


class SignInToken(Token):
    """`sub` is the user's id, `sid` the sign-in's."""

    def get_token_backend(self):
        return key_ring((settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))

    @classmethod
    def of(cls, sign_in: dict, **claims) -> "SignInToken":
        token = cls()
        token.payload |= {"sub": str(sign_in["userId"]), "sid": str(sign_in["_id"]), **claims}
        return token

    def verify(self):
        wrong = [
            claim for claim, kind in REQUIRED.items() if type(self.payload.get(claim)) is not kind
        ]
        if wrong or not self.payload["jti"]:
            raise TokenError(f"Token has no proper {(wrong or ['jti'])[0]!r}")
        if self.payload["exp"] > END_OF_TIME:
            raise TokenError("Token lives for ever")
        super().verify()
        if self.sign_in_id is None or self.user_id is None:
            raise TokenError("Token names no sign-in")

    @property
    def sign_in_id(self):
        return parse_object_id(self.payload["sid"])

    @property
    def user_id(self):
        return parse_object_id(self.payload["sub"])


class AccessToken(SignInToken):
    token_type = "access"  # noqa: S105 - a claim's value
    lifetime = timedelta(minutes=10)


class RefreshToken(SignInToken):
    """`jti` is the sign-in's current token id: it changes with every refresh."""

    token_type = "refresh"  # noqa: S105
    lifetime = timedelta(days=30)


class ResetTokens(PasswordResetTokenGenerator):
    """Django's, but that a sign-in meanwhile doesn't end them."""

    def _make_hash_value(self, user, timestamp):
        return f"{user.pk}{user.password}{timestamp}{user.email}"


reset_tokens = ResetTokens()
