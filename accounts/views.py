from typing import Any

from django.contrib.auth import authenticate, update_session_auth_hash
from django.db import IntegrityError
from django.http import HttpResponse, HttpResponseNotModified, StreamingHttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework import generics, status
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from fitness_project.api.http.conditions import etag_of_body, has_current, required_etags
from fitness_project.api.http.json import dump_json
from fitness_project.api.http.renderers import respond, wants_json
from fitness_project.api.serializers import Input
from fitness_project.documents.collection import Document
from fitness_project.documents.ids import parse_object_id
from fitness_project.errors import BadCredentials, FieldRefused, Missing, TokenNotValid
from fitness_project.serving.addresses import client_address

from . import serializers, services
from .exports import export_account
from .mail import send_password_reset
from .models import SignIn, User
from .passwords import change_password, reset_password
from .signing_in.lockout import password_attempt
from .signing_in.sign_ins import (
    TokenPair,
    end_browser_sessions,
    end_sign_ins,
    refresh_sign_in,
    start_sign_in,
)

NO_CONTENT = {204: None}


class AccountView(generics.GenericAPIView):
    """Reads its body with `serializer_class`."""

    def get_valid(self, **kwargs):
        serializer = self.get_serializer(data=self.request.data, **kwargs)
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data


class OpenView(AccountView):
    """For everybody: a stale token that is sent along must not stand in the way."""

    authentication_classes = ()
    permission_classes = (AllowAny,)


def sign_in(user: User, request: Request) -> TokenPair:
    agent = request.META.get("HTTP_USER_AGENT", "")
    return start_sign_in(user, user_agent=agent, ip=client_address(request))


def signed_in(user: User, request: Request) -> dict[str, Any]:
    return {"user": serializers.UserSerializer(user).data, **sign_in(user, request)}


class RegisterView(OpenView):
    """Makes an account and signs it in."""

    serializer_class = serializers.RegisterSerializer

    @extend_schema(operation_id="register", responses={201: serializers.SignedInSerializer})
    def post(self, request):
        try:
            user = User.objects.create_user(**self.serializer_class.read(Input(request.data)))
        except IntegrityError:
            raise FieldRefused("email", ("unique", "This e-mail address is taken.")) from None
        return Response(signed_in(user, request), status.HTTP_201_CREATED)


class LoginView(OpenView):
    """Signs in. Five failures for one e-mail and address within 15 minutes, or 50 for one
    address, are a 429 until the window is over."""

    serializer_class = serializers.LoginSerializer
    problem_codes = {"POST": ["401", "429"]}

    @extend_schema(operation_id="login", responses=serializers.SignedInSerializer)
    def post(self, request):
        user = authenticate(request._request, **self.get_valid())
        if user is None:
            raise BadCredentials
        return Response(signed_in(user, request))


class RefreshView(OpenView):
    """The next pair of tokens. A refresh token works once; within 10 seconds of that it may be
    sent again, by a client whose answer was lost. Later it ends the sign-in."""

    serializer_class = serializers.RefreshSerializer
    problem_codes = {"POST": ["401"]}

    @extend_schema(operation_id="refresh", responses=serializers.TokenPairSerializer)
    def post(self, request):
        return Response(refresh_sign_in(self.get_valid()["refresh"]))


class LogoutView(AccountView):
    """Ends the sign-in that the refresh token names."""

    serializer_class = serializers.LogoutSerializer

    @extend_schema(operation_id="logout", responses=NO_CONTENT)
    def post(self, request):
        token = self.get_valid()["refresh"]
        if token.user_id != request.user.pk:
            raise FieldRefused("refresh", ("token_not_valid", "This token isn't yours."))
        end_sign_ins(_id=token.sign_in_id, userId=request.user.pk)
        return Response(status=status.HTTP_204_NO_CONTENT)


class MeView(AccountView):
    """The signed-in user."""

    serializer_class = serializers.UserSerializer
    has_etags = True
    delete_body = serializers.PasswordSerializer
    problem_codes = {"DELETE": ["400", "413", "415", "429"]}

    @extend_schema(operation_id="me")
    def get(self, request):
        user = User.objects.documents.get(request.user.pk)
        etag = etag_of_user(user)
        if has_current(request, etag):
            return HttpResponseNotModified(headers={"ETag": etag})
        return self._respond(user)

    @extend_schema(operation_id="change_me")
    def patch(self, request):
        """`name`, `weightUnit`, and the order of `routines`."""
        source = Input(request.data, request.user, partial=True)
        changes = serializers.UserSerializer.read(source)
        return self._respond(
            services.change_account(request.user.pk, changes, is_at_required_etag(request))
        )

    @extend_schema(operation_id="delete_me", responses=NO_CONTENT)
    def delete(self, request):
        """The user and all that is the user's is gone."""
        serializer = self.delete_body(data=request.data)
        serializer.is_valid(raise_exception=True)
        check_password(request, serializer.validated_data["password"], "password")
        services.delete_account(request.user.pk, is_at_required_etag(request))
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _respond(self, user: Document) -> HttpResponse:
        headers = {"ETag": etag_of_user(user)} if wants_json(self.request) else {}
        return respond(self.request, serializers.UserSerializer.response(user), headers=headers)


def etag_of_user(user: Document) -> str:
    """A user has no revision, so it is a digest of the response."""
    return etag_of_body(dump_json(serializers.UserSerializer.response(user)))


def is_at_required_etag(request: Request) -> services.Condition:
    etags = required_etags(request)
    return lambda user: etags is None or etag_of_user(user) in etags


def check_password(request: Request, password: str, field: str) -> User:
    """The user as stored. Raises FieldRefused for a wrong password, which counts as a failed
    sign-in."""
    user = User.objects.filter(pk=request.user.pk).first()
    if user is None:
        raise TokenNotValid
    with password_attempt(user.email, client_address(request)) as success:
        if user.check_password(password):
            success()
            return user
    raise FieldRefused(field, ("wrong_password", "This is not your password."))


class PasswordView(AccountView):
    """Changes the password and ends every other sign-in."""

    serializer_class = serializers.ChangePasswordSerializer
    problem_codes = {"POST": ["429"]}

    @extend_schema(operation_id="change_password", responses=serializers.TokenPairSerializer)
    def post(self, request):
        valid = self.get_valid()
        user = check_password(request, valid["currentPassword"], "currentPassword")
        change_password(user, valid["newPassword"])
        if request.auth is None:
            update_session_auth_hash(request._request, user)  # This browser stays signed in.
        return Response(sign_in(user, request))


class ResetView(OpenView):
    """Sends a mail with a link that works once, for an hour, if there is such an account."""

    serializer_class = serializers.ResetSerializer

    @extend_schema(operation_id="reset_password", responses={202: None})
    def post(self, request):
        send_password_reset(self.get_valid()["email"], request.build_absolute_uri("/").rstrip("/"))
        return Response(status=status.HTTP_202_ACCEPTED)


class ConfirmResetView(OpenView):
    """Sets a new password by the `uid` and `token` of the mail, and ends every sign-in."""

    serializer_class = serializers.ConfirmResetSerializer

    @extend_schema(operation_id="confirm_password_reset", responses=NO_CONTENT)
    def post(self, request):
        valid = self.get_valid()
        reset_password(valid["uid"], valid["token"], valid["newPassword"])
        return Response(status=status.HTTP_204_NO_CONTENT)


class SignInsView(AccountView):
    """The user's sign-ins, the one used last first."""

    serializer_class = serializers.SignInListSerializer

    @extend_schema(operation_id="sign_ins")
    def get(self, request):
        documents = SignIn.objects.documents.collection.find({"userId": request.user.pk})
        rows = [
            {**serializers.SignInSerializer.response(row), "isCurrent": row["_id"] == self._current}
            for row in documents.sort("lastUsedAt", -1)
        ]
        return Response({"results": rows})

    @extend_schema(operation_id="end_other_sign_ins", responses=NO_CONTENT)
    def delete(self, request):
        """Ends all but this one."""
        session = getattr(request, "session", None)
        end_browser_sessions([request.user.pk], but=session and session.session_key)
        end_sign_ins(userId=request.user.pk, _id={"$ne": self._current})
        return Response(status=status.HTTP_204_NO_CONTENT)

    @property
    def _current(self):
        return getattr(self.request.auth, "sign_in_id", None)


class SignInView(AccountView):
    serializer_class = serializers.SignInSerializer

    @extend_schema(operation_id="end_sign_in", responses=NO_CONTENT)
    def delete(self, request, id):
        """Ends it: its tokens stop working within five seconds."""
        if not end_sign_ins(_id=parse_object_id(id), userId=request.user.pk):
            raise Missing("You have no such sign-in.")
        return Response(status=status.HTTP_204_NO_CONTENT)


class ExportView(AccountView):
    """All that is the user's, streamed."""

    @extend_schema(operation_id="export", responses=serializers.ExportSerializer)
    def get(self, request):
        return StreamingHttpResponse(
            export_account(request.user.pk),
            content_type="application/json",
            headers={"Content-Disposition": 'attachment; filename="fitness-export.json"'},
        )
