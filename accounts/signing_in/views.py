from typing import Any

from bson import ObjectId
from django.conf import settings
from django.contrib.auth import authenticate
from drf_spectacular.utils import extend_schema
from rest_framework import generics, status
from rest_framework.permissions import AllowAny, BasePermission
from rest_framework.request import Request
from rest_framework.response import Response

from fitness_project.api.requests import SignedInRequest
from fitness_project.api.strict import StrictView
from fitness_project.documents.ids import parse_object_id
from fitness_project.errors import BadCredentials, FieldRefused, Missing
from fitness_project.serving.addresses import client_address

from .. import serializers
from ..models import SignIn, User
from ..registration import CLOSED, register
from .sign_ins import (
    TokenPair,
    end_sign_ins,
    refresh_sign_in,
    sign_out_elsewhere,
    start_sign_in,
)
from .tokens import LogoutToken, RefreshToken

NO_CONTENT = {204: None}


class AccountView(StrictView, generics.GenericAPIView):
    """Reads the request's body with `serializer_class`."""

    def valid_body(self) -> dict[str, Any]:
        serializer = self.get_serializer(data=self.request.data)
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data


class OpenView(AccountView):
    """Needs no sign-in. Ignores tokens, so that a stale one doesn't stand in the way."""

    authentication_classes = ()
    permission_classes: tuple[type[BasePermission], ...] = (AllowAny,)
    cache_control = "no-store"  # Some responses contain tokens.


def sign_in(user: User, request: Request) -> TokenPair:
    return start_sign_in(
        user, user_agent=request.META.get("HTTP_USER_AGENT", ""), ip=client_address(request)
    )


def signed_in(user: User, request: Request) -> dict[str, Any]:
    return {"user": serializers.UserSerializer(user).data, **sign_in(user, request)}


class RegistrationIsOpen(BasePermission):
    message = CLOSED

    def has_permission(self, request: Request, view: Any) -> bool:
        return not settings.REGISTRATION_CLOSED


class RegisterView(OpenView):
    """Creates an account and signs in. An e-mail address that is taken counts as a failed sign-in
    for the IP address."""

    title = "Create an account"
    serializer_class = serializers.RegisterSerializer
    permission_classes = (RegistrationIsOpen,)
    problem_codes = {"POST": ["permission_denied", "too_many_attempts"]}
    form_titles = {"POST": "Create an account"}

    @extend_schema(operation_id="registerAccount", responses={201: serializers.SignedInSerializer})
    def post(self, request: Request) -> Response:
        user = register(request.data, client_address(request))
        return Response(signed_in(user, request), status.HTTP_201_CREATED)


class LoginView(OpenView):
    """Signs in. After five failures for the same e-mail address and IP address within 15 minutes,
    or 50 for the same IP address, the response is 429 until the 15 minutes are over."""

    title = "Sign in"
    serializer_class = serializers.LoginSerializer
    problem_codes = {"POST": ["bad_credentials", "too_many_attempts"]}
    form_titles = {"POST": "Get tokens"}

    @extend_schema(operation_id="signIn", responses=serializers.SignedInSerializer)
    def post(self, request: Request) -> Response:
        user = authenticate(request._request, **self.valid_body())
        if not isinstance(user, User):
            raise BadCredentials
        return Response(signed_in(user, request))


class RefreshView(OpenView):
    """Returns the next pair of tokens. A refresh token can be used once. If the response was lost,
    it can be sent again: within 10 seconds, or later as long as no token of the pairs that it has
    yielded has been used. Otherwise a used token that is sent again ends the sign-in."""

    title = "Refresh tokens"
    serializer_class = serializers.RefreshSerializer
    problem_codes = {"POST": ["token_not_valid"]}
    form_titles = {"POST": "Get the next tokens"}

    @extend_schema(operation_id="refreshTokens", responses=serializers.TokenPairSerializer)
    def post(self, request: Request) -> Response:
        return Response(refresh_sign_in(RefreshToken.parse(self.valid_body()["refresh"])))


class LogoutView(OpenView):
    """Ends the sign-in that the refresh token belongs to, unless it has ended already."""

    title = "End a sign-in"
    serializer_class = serializers.LogoutSerializer
    form_titles = {"POST": "End the sign-in of a refresh token"}

    @extend_schema(operation_id="signOut", responses=NO_CONTENT)
    def post(self, request: Request) -> Response:
        token = LogoutToken.parse(self.valid_body()["refresh"])
        if token is None:
            raise FieldRefused(
                "refresh", ("token_not_valid", "This isn't a refresh token of this service.")
            )
        end_sign_ins(_id=token.sign_in_id, userId=token.user_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


class SignInsView(AccountView):
    """The user's sign-ins, most recently used first."""

    title = "Signed-in devices"
    page_template = "accounts/pages/devices.html"
    serializer_class = serializers.SignInListSerializer
    form_titles = {"DELETE": "End all other sign-ins"}
    row_button = "End the sign-in"
    row_label = ("userAgent", "ip", "lastUsedAt")
    form_done = "Ended."

    @extend_schema(operation_id="listSignIns", summary="List sign-ins")
    def get(self, request: SignedInRequest) -> Response:
        documents = SignIn.objects.documents.collection.find({"userId": request.user.pk})
        response = serializers.ExportedSignInSerializer.response
        rows = [
            {**response(row), "isCurrent": row["_id"] == self._current}
            for row in documents.sort("lastUsedAt", -1)
        ]
        return Response({"results": rows})

    @extend_schema(
        operation_id="endOtherSignIns", summary="End all other sign-ins", responses=NO_CONTENT
    )
    def delete(self, request: SignedInRequest) -> Response:
        """Ends every sign-in but the current one, including those of browsers."""
        session = getattr(request, "session", None)
        browser = session and session.session_key
        sign_out_elsewhere(request.user.pk, but=self._current or browser)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @property
    def _current(self) -> ObjectId | None:
        """None for a browser, whose Django session isn't among the sign-ins."""
        return getattr(self.request.auth, "sign_in_id", None)


class SignInView(AccountView):
    title = "Signed-in device"
    serializer_class = serializers.SignInSerializer
    form_titles = {"DELETE": "End this sign-in"}
    form_done = "Ended."

    @extend_schema(operation_id="endSignIn", summary="End one sign-in", responses=NO_CONTENT)
    def delete(self, request: SignedInRequest, **_: str) -> Response:
        """Ends one sign-in. Its tokens stop working within five seconds."""
        if not end_sign_ins(_id=parse_object_id(self.kwargs["id"]), userId=request.user.pk):
            raise Missing("You have no sign-in with this id.")
        return Response(status=status.HTTP_204_NO_CONTENT)
