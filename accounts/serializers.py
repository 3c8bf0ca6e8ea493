from django.contrib.auth import authenticate
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError as DjangoValidationError
from rest_framework import serializers
from rest_framework.exceptions import AuthenticationFailed, ErrorDetail
from rest_framework_simplejwt.tokens import RefreshToken

from fitness_project.api.fields import EmailField, PasswordField
from fitness_project.api.serializers import DocumentSerializer

from .models import User


class UserSerializer(DocumentSerializer):
    class Meta:
        model = User
        fields = ("id", "email", "name", "weight_unit", "routines", "is_staff", "date_joined")
        read_only_fields = ("email", "routines", "is_staff", "date_joined")


class SignInSerializer(serializers.Serializer):
    """`{user, access, refresh}`."""

    user = UserSerializer()
    access = serializers.CharField()
    refresh = serializers.CharField()


def sign_in(user) -> dict:
    """What a client needs to go on as this user."""
    refresh = RefreshToken.for_user(user)
    return {
        "user": UserSerializer(user).data,
        "access": str(refresh.access_token),
        "refresh": str(refresh),
    }


class RegisterSerializer(DocumentSerializer):
    email = EmailField()
    password = PasswordField()

    class Meta:
        model = User
        fields = ("email", "password", "name")

    def validate(self, attrs):
        try:
            validate_password(attrs["password"], User(email=attrs["email"], name=attrs.get("name")))
        except DjangoValidationError as error:
            details = [ErrorDetail(e.messages[0], e.code) for e in error.error_list]
            raise serializers.ValidationError({"password": details}) from None
        return attrs


class LoginSerializer(DocumentSerializer):
    email = EmailField()
    password = PasswordField()

    class Meta:
        model = User
        fields = ("email", "password")

    def validate(self, attrs):
        """Hashes for an unknown e-mail too, so that the time tells nothing."""
        user = authenticate(self.context["request"], **attrs)
        if user is None:
            raise AuthenticationFailed(
                "No active account has this e-mail and password.", "bad_credentials"
            )
        return {"user": user}
