"""Access and refresh tokens: HS256, signed with SECRET_KEY, each naming one sign-in (`sid`).

The keys in SECRET_KEY_FALLBACKS verify and never sign, so that SECRET_KEY can be changed without
ending any sign-in.
"""

from collections.abc import Sequence
from datetime import timedelta
from functools import cache
from typing import Any, Self

from bson import ObjectId
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from rest_framework_simplejwt.backends import TokenBackend
from rest_framework_simplejwt.exceptions import TokenBackendError, TokenError
from rest_framework_simplejwt.tokens import Token

from fitness_project.documents.ids import parse_object_id

from ..documents import SignInDocument

CLAIMS = {"exp": int, "iat": int, "jti": str, "sid": str, "sub": str}
# In seconds since 1970: SimpleJWT can't turn times after the year 9999 into dates.
LATEST_EXPIRY = 2**37
# Machines' clocks differ, and a token may be used at once on another machine.
LEEWAY = timedelta(seconds=30)


class KeyRing(TokenBackend):
    """Signs with the first key, and verifies with any of them."""

    def __init__(self, keys: Sequence[str], leeway: timedelta) -> None:
        super().__init__("HS256", keys[0], leeway=leeway)
        self.older = KeyRing(keys[1:], leeway) if keys[1:] else None

    def decode(self, token: Token, verify: bool = True) -> dict[str, Any]:
        try:
            return super().decode(token, verify)
        except TokenBackendError:
            if self.older is None:
                raise
            return self.older.decode(token, verify)


key_ring = cache(KeyRing)


class SignInToken(Token):
    """`sub` is the user's id, `sid` the sign-in's, and `jti` that of the pair of tokens.

    A token is valid from `leeway` before until `leeway` after the times that it says.
    """

    leeway = LEEWAY

    def get_token_backend(self) -> KeyRing:
        return key_ring((settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS), self.leeway)

    @classmethod
    def of(cls, sign_in: SignInDocument, **claims: str | int) -> Self:
        """A new token. The claims override its own."""
        token = cls()
        token.payload |= {"sub": str(sign_in["userId"]), "sid": str(sign_in["_id"]), **claims}
        return token

    @classmethod
    def parse(cls, text: str | bytes) -> Self | None:
        """None if the text isn't a valid token of this type, or it has expired."""
        try:
            return cls(text)  # type: ignore[arg-type]  # SimpleJWT takes text, and says Token.
        except TokenError:
            return None

    def verify(self) -> None:
        claims = self.payload
        if not (
            all(type(claims.get(claim)) is kind for claim, kind in CLAIMS.items())
            and claims["jti"]
            and claims["exp"] <= LATEST_EXPIRY
            and parse_object_id(claims["sid"])
            and parse_object_id(claims["sub"])
        ):
            raise TokenError("The claims aren't those of a token of this service.")
        super().verify()

    @property
    def sign_in_id(self) -> ObjectId:
        return ObjectId(self.payload["sid"])

    @property
    def user_id(self) -> ObjectId:
        return ObjectId(self.payload["sub"])


class AccessToken(SignInToken):
    token_type = "access"  # noqa: S105 - the value of a claim
    lifetime = timedelta(minutes=10)


class RefreshToken(SignInToken):
    token_type = "refresh"  # noqa: S105 - the value of a claim
    lifetime = timedelta(days=30)


class LogoutToken(RefreshToken):
    """A refresh token of any age: one that has expired can still end its sign-in."""

    leeway = timedelta(days=36_500)


class ResetTokens(PasswordResetTokenGenerator):
    """Unlike Django's, these tokens stay valid when the user signs in.

    They end for good when the e-mail address changes, even if it is changed back.
    """

    def _make_hash_value(self, user: AbstractBaseUser, timestamp: int) -> str:
        changed = getattr(user, "email_changed_at", None) or ""
        return f"{user.pk}{user.password}{timestamp}{user.get_username()}{changed}"


reset_tokens = ResetTokens()
