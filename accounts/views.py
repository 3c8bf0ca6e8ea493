from functools import partial

from django.contrib.auth import update_session_auth_hash
from django.http import HttpResponse, HttpResponseNotModified, StreamingHttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from fitness_project.api.http.conditions import etag_of_body, has_current, required_etags
from fitness_project.api.http.json import dump_json
from fitness_project.api.http.renderers import respond
from fitness_project.api.problems.errors import SignInOver
from fitness_project.api.requests import SignedInRequest
from fitness_project.api.serializers import Input
from fitness_project.errors import FieldRefused, PreconditionFailed
from fitness_project.serving.addresses import client_address
from fitness_project.serving.downloads import download

from . import serializers, services
from .deletion import delete_account
from .documents import UserDocument
from .email_change import confirm_email_change, request_email_change
from .exports import export_account
from .models import User
from .passwords import change_password, refuse_weak_password, request_reset, reset_password
from .signing_in.lockout import attempt
from .signing_in.views import NO_CONTENT, AccountView, OpenView, sign_in


class MeView(AccountView):
    """The signed-in user."""

    title = "Your account"
    page_template = "accounts/pages/account.html"
    serializer_class = serializers.UserSerializer
    has_etags = True
    delete_body = serializers.PasswordSerializer
    problem_codes = {"DELETE": ["too_many_attempts"]}
    form_titles = {"PATCH": "Change your account", "DELETE": "Delete your account"}
    form_leads_to = {"DELETE": "/"}

    @extend_schema(operation_id="getAccount")
    def get(self, request: SignedInRequest) -> HttpResponse:
        user = User.objects.documents.find(request.user.pk)
        if user is None:  # For a moment, another process's deletion isn't known here.
            raise SignInOver
        etag = etag_of_user(user)
        if has_current(request, etag):
            return HttpResponseNotModified(headers={"ETag": etag})
        return self._respond(user)

    @extend_schema(operation_id="updateAccount")
    def patch(self, request: SignedInRequest) -> HttpResponse:
        """Changes `name`, `weightUnit`, and the order of `routines`."""
        changes = self.serializer_class.read(Input(request.data, request.user, partial=True))
        return self._respond(
            services.change_account(request.user.pk, changes, is_at_required_etag(request))
        )

    @extend_schema(operation_id="deleteAccount", responses=NO_CONTENT)
    def delete(self, request: SignedInRequest) -> HttpResponse:
        """Deletes the account and everything that belongs to it, which can't be undone."""
        serializer = self.delete_body(data=request.data)
        serializer.is_valid(raise_exception=True)
        check_password(request, serializer.validated_data["password"], "password")
        delete_account(request.user.pk, is_at_required_etag(request))
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _respond(self, user: UserDocument) -> HttpResponse:
        headers = {"ETag": etag_of_user(user)}
        return respond(self.request, serializers.UserSerializer.response(user), headers=headers)


def etag_of_user(user: UserDocument) -> str:
    """A digest of the response, because users have no revision."""
    return etag_of_body(dump_json(serializers.UserSerializer.response(user)))


def is_at_required_etag(request: Request) -> services.Condition:
    """A condition that itself raises PreconditionFailed, because services know no ETags."""
    etags = required_etags(request)

    def holds(user: UserDocument) -> bool:
        if etags is not None and (etag := etag_of_user(user)) not in etags:
            raise PreconditionFailed(etag.strip('"'))
        return True

    return holds


def check_password(request: SignedInRequest, password: str, field: str) -> User:
    """Returns the stored user. Raises FieldRefused if the password is wrong.

    A wrong password counts as a failed sign-in.
    """
    user = User.objects.filter(pk=request.user.pk, closed_at=None).first()
    if user is None:
        raise SignInOver
    check = partial(user.check_password, password)
    if not attempt(check, user.email, client_address(request)):
        raise FieldRefused(field, ("wrong_password", "This isn't your password."))
    return user


class PasswordView(AccountView):
    """Changes the password, ends all sign-ins, that of the token which is sent included, and
    returns the tokens of a new one."""

    title = "Change your password"
    serializer_class = serializers.ChangePasswordSerializer
    problem_codes = {"POST": ["too_many_attempts"]}
    cache_control = "no-store"
    form_titles = {"POST": "Change the password"}
    form_done = "Your password is changed. You are signed out everywhere else."
    form_leads_to = {"POST": "/api/auth/me"}

    @extend_schema(operation_id="changePassword", responses=serializers.TokenPairSerializer)
    def post(self, request: SignedInRequest) -> Response:
        valid = self.valid_body()
        refuse_weak_password(valid["newPassword"], request.user, "newPassword")
        user = check_password(request, valid["currentPassword"], "currentPassword")
        change_password(user, valid["newPassword"])
        if request.auth is None:
            update_session_auth_hash(request._request, user)  # This browser stays signed in.
        # A page needs no tokens: they would be those of a device that nobody has.
        return Response(sign_in(user, request) if self.sent is None else None)


class ResetView(OpenView):
    """Sends an e-mail with a link for choosing a new password, if an account has this e-mail
    address. The link works once, within an hour. The response doesn't say whether the account
    exists."""

    title = "Ask for a new password"
    serializer_class = serializers.ResetSerializer
    problem_codes = {"POST": ["too_many_attempts"]}
    form_titles = {"POST": "Ask for a link"}
    form_done = "If an account has this e-mail address, a link is on its way to it."
    form_leads_to = {"POST": "/api/auth/me"}

    @extend_schema(operation_id="requestPasswordReset", responses={202: None})
    def post(self, request: Request) -> Response:
        email = self.valid_body()["email"]
        request_reset(email, client_address(request), request.build_absolute_uri("/"))
        return Response(status=status.HTTP_202_ACCEPTED)


class ConfirmResetView(OpenView):
    """Sets a password with the `uid` and `token` of an e-mailed link. Ends every sign-in."""

    title = "Choose a new password"
    serializer_class = serializers.ConfirmResetSerializer
    form_titles = {"POST": "Set the password"}
    form_leads_to = {"POST": "/sign-in"}

    @extend_schema(operation_id="confirmPasswordReset", responses=NO_CONTENT)
    def post(self, request: Request) -> Response:
        valid = self.valid_body()
        reset_password(valid["uid"], valid["token"], valid["newPassword"])
        return Response(status=status.HTTP_204_NO_CONTENT)


class EmailView(AccountView):
    """Sends the new e-mail address a link that makes it the user's, and the present one a notice.
    The link works once, within an hour. The response doesn't say whether the new address is free:
    if it is taken, the e-mail has no link."""

    title = "Change your e-mail address"
    serializer_class = serializers.ChangeEmailSerializer
    problem_codes = {"POST": ["too_many_attempts"]}
    form_titles = {"POST": "Send the new address a link"}
    form_done = "An e-mail is on its way to the new address."
    form_leads_to = {"POST": "/api/auth/me"}

    @extend_schema(operation_id="requestEmailChange", responses={202: None})
    def post(self, request: SignedInRequest) -> Response:
        valid = self.valid_body()
        user = check_password(request, valid["password"], "password")
        site = request.build_absolute_uri("/")
        request_email_change(user, valid["newEmail"], client_address(request), site)
        return Response(status=status.HTTP_202_ACCEPTED)


class ConfirmEmailView(OpenView):
    """Changes the e-mail address with the `uid` and `token` of an e-mailed link. Sign-ins continue,
    and links for choosing a new password end."""

    title = "Confirm a new e-mail address"
    serializer_class = serializers.ConfirmEmailSerializer
    form_titles = {"POST": "Confirm the address"}
    form_leads_to = {"POST": "/api/auth/me"}

    @extend_schema(operation_id="confirmEmailChange", responses=NO_CONTENT)
    def post(self, request: Request) -> Response:
        valid = self.valid_body()
        confirm_email_change(valid["uid"], valid["token"])
        return Response(status=status.HTTP_204_NO_CONTENT)


class ExportView(AccountView):
    """Everything that belongs to the user, as JSON. The response is streamed."""

    title = "Export of your data"
    is_download = True

    @extend_schema(operation_id="exportAccount", responses=serializers.ExportSerializer)
    def get(self, request: SignedInRequest) -> StreamingHttpResponse:
        parts = export_account(request.user.pk)
        return download(parts, "application/json", "fitness-export.json")
