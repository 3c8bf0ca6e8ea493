"""Bearer tokens: access tokens of this service whose sign-in hasn't ended."""

from bson import ObjectId
from drf_spectacular.contrib.rest_framework_simplejwt import SimpleJWTScheme
from rest_framework.request import Request
from rest_framework_simplejwt.authentication import JWTAuthentication
from rest_framework_simplejwt.exceptions import InvalidToken

from fitness_project.api.problems.errors import SignInOver

from ..models import User
from .principals import Principal, remembered_principals
from .sign_ins import sign_in_of
from .tokens import AccessToken


class BearerAuthentication(JWTAuthentication):
    def __init__(self) -> None:
        """Skips SimpleJWT's, which looks up the user model for each request in vain."""

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"

    def authenticate(  # type: ignore[override]  # SimpleJWT's type variable can't be bound.
        self, request: Request
    ) -> Principal | None:
        header = self.get_header(request)
        text = header and self.get_raw_token(header)
        return None if text is None else remembered_principals.get(text, find_principal)

    def get_raw_token(self, header: bytes) -> bytes | None:
        """Ignores the case of the scheme, as RFC 9110 requires."""
        scheme, space, token = header.partition(b" ")
        return super().get_raw_token(scheme.capitalize() + space + token)


def find_principal(text: bytes) -> Principal:
    """Raises InvalidToken, and SignInOver if the sign-in or the user is no longer active."""
    token = AccessToken.parse(text)
    if token is None:
        raise InvalidToken(
            "This access token isn't valid, or has expired. Send the refresh token to "
            "/api/auth/refresh."
        )
    sign_in = sign_in_of(token)
    user = active_user(token.user_id) if sign_in else None
    if sign_in is None or user is None or sign_in["userId"] != user.pk:
        raise SignInOver
    return Principal(user, token)


def active_user(user_id: ObjectId) -> User | None:
    """The user without `routines`, which can be 500 ids: processes remember many users."""
    return User.objects.filter(pk=user_id, is_active=True).defer("routines").first()


class BearerScheme(SimpleJWTScheme):
    target_class = "accounts.signing_in.authentication.BearerAuthentication"
    name = "bearer"
