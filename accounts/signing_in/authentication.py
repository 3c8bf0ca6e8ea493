"""Bearer tokens: access tokens of this service whose sign-in hasn't ended."""

from typing import TYPE_CHECKING

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.request import Request
from rest_framework_simplejwt.authentication import JWTAuthentication
from rest_framework_simplejwt.exceptions import InvalidToken, TokenError

from fitness_project.api.problems.errors import SignInOver

from ..models import User
from .principals import Principal, active_user, remembered_principals
from .tokens import AccessToken

if TYPE_CHECKING:
    from drf_spectacular.openapi import AutoSchema


class BearerAuthentication(JWTAuthentication):
    def authenticate_header(self, request: Request) -> str:
        return "Bearer"

    def authenticate(  # type: ignore[override]  # SimpleJWT's type variable can't be bound.
        self, request: Request
    ) -> tuple[User, AccessToken] | None:
        header = self.get_header(request)
        text = header and self.get_raw_token(header)
        if not text:
            return None
        principal = remembered_principals.get(text, self._find_principal)
        return principal.user, principal.token

    def _find_principal(self, text: bytes) -> Principal:
        token = self.get_validated_token(text)
        user = active_user(token)
        if user is None:
            raise SignInOver
        return Principal(user, token)

    def get_raw_token(self, header: bytes) -> bytes | None:
        """Ignores the case of the scheme, as RFC 9110 requires."""
        scheme, space, token = header.partition(b" ")
        return super().get_raw_token(scheme.capitalize() + space + token)

    def get_validated_token(self, raw_token: bytes) -> AccessToken:
        try:
            return AccessToken.read(raw_token)
        except TokenError:
            detail = (
                "This access token isn't valid, or has expired. Send the refresh token to "
                "/api/auth/refresh."
            )
            raise InvalidToken(detail) from None


class BearerScheme(OpenApiAuthenticationExtension):
    target_class = BearerAuthentication
    name = "bearer"

    def get_security_definition(self, auto_schema: "AutoSchema") -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
