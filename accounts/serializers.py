from django.contrib.auth import authenticate
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError as DjangoValidationError
from rest_framework import serializers
from rest_framework.exceptions import AuthenticationFailed, ErrorDetail
from rest_framework_simplejwt.exceptions import TokenError

from fitness_project.api.fields import (
    EmailField,
    InstantField,
    ObjectIdField,
    PasswordField,
    TextField,
)
from fitness_project.api.serializers import DocumentSerializer, StrictSerializer

from .models import SignIn, User
from .owned import owned
from .tokens import RefreshToken

STRENGTH = (
    "10 characters or more and 1,024 bytes at most; not digits alone, not a common password, not "
    "like the e-mail or the name."
)


def refuse_weak_password(password, user, field):
    """Raises ValidationError for what Django's validators find."""
    try:
        validate_password(password, user)
    except DjangoValidationError as error:
        details = [ErrorDetail(e.messages[0], e.code) for e in error.error_list]
        raise serializers.ValidationError({field: details}) from None


class UserSerializer(DocumentSerializer):
    """`routines` are the user's routines in the user's own order; the same ids in another order
    change it."""

    routines = serializers.ListField(child=ObjectIdField(), required=False, max_length=500)

    class Meta:
        model = User
        fields = ("id", "email", "name", "weight_unit", "routines", "is_staff", "date_joined")
        read_only_fields = ("email", "is_staff", "date_joined")


class TokenPairSerializer(serializers.Serializer):
    access = serializers.CharField(help_text="Lives 10 minutes.")
    refresh = serializers.CharField(help_text="Works once, within 30 days.")


class SignedInSerializer(TokenPairSerializer):
    user = UserSerializer()


class RegisterSerializer(DocumentSerializer):
    email = EmailField()
    password = PasswordField(help_text=STRENGTH)

    class Meta:
        model = User
        fields = ("email", "password", "name")

    def validate(self, attrs):
        user = User(email=attrs["email"], name=attrs.get("name"))
        refuse_weak_password(attrs["password"], user, "password")
        return attrs


class LoginSerializer(StrictSerializer):
    email = EmailField()
    password = PasswordField()

    def validate(self, attrs):
        user = authenticate(self.context["request"]._request, **attrs)
        if user is None:
            raise AuthenticationFailed(
                "No active account has this e-mail and password.", "bad_credentials"
            )
        return {"user": user}


class RefreshSerializer(StrictSerializer):
    refresh = TextField(max_length=2000)

    def validate(self, attrs):
        try:
            return {"token": RefreshToken(attrs["refresh"])}
        except TokenError:
            raise over() from None


def over() -> AuthenticationFailed:
    return AuthenticationFailed("This sign-in is over: sign in again.", "token_not_valid")


class LogoutSerializer(StrictSerializer):
    refresh = TextField(max_length=2000)

    def validate_refresh(self, token):
        try:
            return RefreshToken(token)
        except TokenError:
            raise serializers.ValidationError(
                "This is no valid refresh token.", "token_not_valid"
            ) from None


class PasswordSerializer(StrictSerializer):
    password = PasswordField()


class ChangePasswordSerializer(StrictSerializer):
    currentPassword = PasswordField()  # noqa: N815 - JSON names
    newPassword = PasswordField(help_text=STRENGTH)  # noqa: N815

    def validate(self, attrs):
        refuse_weak_password(attrs["newPassword"], self.context["request"].user, "newPassword")
        return attrs


class ResetSerializer(StrictSerializer):
    email = EmailField()


class ConfirmResetSerializer(StrictSerializer):
    uid = TextField(max_length=100)
    token = TextField(max_length=100)
    newPassword = PasswordField(help_text=STRENGTH)  # noqa: N815


class ExportedSignInSerializer(DocumentSerializer):
    """A signed-in device."""

    class Meta:
        model = SignIn
        fields = ("id", "created_at", "last_used_at", "user_agent", "ip")


class SignInSerializer(ExportedSignInSerializer):
    """A signed-in device."""

    isCurrent = serializers.BooleanField(read_only=True)  # noqa: N815 - the JSON name

    def get_field_names(self, declared_fields, info):
        return [*self.Meta.fields, "isCurrent"]


class SignInListSerializer(serializers.Serializer):
    results = SignInSerializer(many=True)


class ExportSerializer(serializers.Serializer):
    """All that is the user's."""

    format = serializers.CharField()
    version = serializers.IntegerField()
    exportedAt = InstantField()  # noqa: N815 - the JSON name
    user = UserSerializer()

    def get_fields(self):
        lists = {entry.name: entry.serializer_class(many=True) for entry in owned}
        return {**super().get_fields(), **lists}
