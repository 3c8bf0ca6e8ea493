from collections.abc import Collection

from bson import ObjectId
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from fitness_project.api.email_addresses import canonical, in_ascii
from fitness_project.api.fields import (
    EmailField,
    InstantField,
    ListField,
    PasswordField,
    ReferenceField,
    TextField,
)
from fitness_project.api.input import Input
from fitness_project.api.serializers import DocumentSerializer, StrictSerializer, serializer_of
from fitness_project.documents import registry

from .models import SignIn, User
from .passwords import weaknesses

WEAKNESSES = (
    "password_entirely_numeric",
    "password_too_common",
    "password_too_short",
    "password_too_similar",
)
# Comparing takes time, and longer texts are neither a name nor an e-mail address.
MAX_COMPARED = 300
STRENGTH = (
    "At least 10 characters and at most 1,024 bytes. Not only digits, not a common password, and "
    "not similar to the e-mail address or the name."
)


class NewEmailField(EmailField):
    """An address that isn't stored yet, and whose domain must be valid for mail servers.

    Mail to "ann"@example.com and to =?utf-8?q?ann?=@example.com goes to ann@example.com, so these
    spellings are refused.
    """

    def to_internal_value(self, data: str) -> str:
        email = super().to_internal_value(data)
        if email.startswith('"') or "=?" in email:
            self.fail("invalid")
        try:
            return canonical(in_ascii(email))
        except ValueError:
            self.fail("invalid")


class OwnRoutineField(ReferenceField):
    """The id of one of the user's routines."""

    to = "routine"

    def names(self, document_ids: Collection[ObjectId], user: User) -> dict[ObjectId, str]:
        (entry,) = (each for each in registry.owned() if each.name == "routines")
        return entry.documents.where(**{str(entry.owner): user.pk}).names_of(document_ids)


class NewPasswordField(PasswordField):
    autocomplete = "new-password"

    def __init__(self) -> None:
        super().__init__(help_text=STRENGTH)


class UserSerializer(DocumentSerializer):
    """A user.

    `weightUnit` is the unit in which to show weights; the API itself always uses kilograms.
    `routines` has the ids of the user's routines, in the order that the user chose. To change the
    order, send the same ids in another one. `email` may only be sent back as it is.
    """

    further_codes = {"email": ("not_changeable",), "routines": ("not_the_same",)}

    email = EmailField(required=False, style={"in_forms": False})
    routines = ListField(
        child=OwnRoutineField(), required=False, max_length=500, style={"rows": "fixed"}
    )

    class Meta:
        model = User
        fields = ("id", "email", "name", "weight_unit", "routines", "is_staff", "date_joined")
        read_only_fields = ("is_staff", "date_joined")


class TokenPairSerializer(serializers.Serializer):
    access = serializers.CharField(help_text="Valid for 10 minutes.")
    refresh = serializers.CharField(help_text="Can be used once, within 30 days.")


class SignedInSerializer(TokenPairSerializer):
    user = UserSerializer()


def strong_password(password: str, source: Input) -> str:
    """Doesn't wait for the other fields to be valid, so that all errors come at once."""
    typed = {name: source.body.get(name) for name in ("email", "name")}
    known = {name: text[:MAX_COMPARED] for name, text in typed.items() if isinstance(text, str)}
    if found := weaknesses(password, User(**known)):
        raise serializers.ValidationError([ErrorDetail(text, code) for code, text in found])
    return password


class RegisterSerializer(DocumentSerializer):
    further_codes = {"email": ("unique",), "password": WEAKNESSES}
    rules = {"password": strong_password}

    email = NewEmailField()
    password = NewPasswordField()

    class Meta:
        model = User
        fields = ("email", "password", "name")


class LoginSerializer(StrictSerializer):
    email = EmailField()
    password = PasswordField()


class RefreshSerializer(StrictSerializer):
    refresh = TextField(max_length=2000)


class LogoutSerializer(RefreshSerializer):
    further_codes = {"refresh": ("token_not_valid",)}


class PasswordSerializer(StrictSerializer):
    further_codes = {"password": ("wrong_password",)}

    password = PasswordField()


class ChangePasswordSerializer(StrictSerializer):
    further_codes = {"currentPassword": ("wrong_password",), "newPassword": WEAKNESSES}

    currentPassword = PasswordField()  # noqa: N815 - JSON names
    newPassword = NewPasswordField()  # noqa: N815


class ResetSerializer(StrictSerializer):
    email = EmailField()


class ConfirmResetSerializer(StrictSerializer):
    further_codes = {"token": ("invalid_link",), "newPassword": WEAKNESSES}

    uid = TextField(max_length=100)
    token = TextField(max_length=100)
    newPassword = NewPasswordField()  # noqa: N815


class ChangeEmailSerializer(StrictSerializer):
    further_codes = {"password": ("wrong_password",)}

    newEmail = NewEmailField(style={"label": "New e-mail address"})  # noqa: N815
    password = PasswordField()


class ConfirmEmailSerializer(StrictSerializer):
    further_codes = {"token": ("invalid_link", "unique")}

    uid = TextField(max_length=100)
    token = TextField(max_length=1000)


class ExportedSignInSerializer(DocumentSerializer):
    """A signed-in device."""

    class Meta:
        model = SignIn
        fields: tuple[str, ...] = ("id", "created_at", "last_used_at", "user_agent", "ip")


class SignInSerializer(ExportedSignInSerializer):
    """A signed-in device."""

    columns = ("userAgent", "ip", "createdAt", "lastUsedAt", "isCurrent")

    isCurrent = serializers.BooleanField(read_only=True)  # noqa: N815 - the JSON name

    class Meta(ExportedSignInSerializer.Meta):
        fields = (*ExportedSignInSerializer.Meta.fields, "isCurrent")


class SignInListSerializer(serializers.Serializer):
    results = SignInSerializer(many=True)


class ExportSerializer(serializers.Serializer):
    """Everything that belongs to the user."""

    format = serializers.CharField()
    version = serializers.IntegerField()
    exportedAt = InstantField()  # noqa: N815 - the JSON name
    user = UserSerializer()

    def get_fields(self) -> dict[str, serializers.Field]:
        lists = {entry.name: serializer_of(entry.response)(many=True) for entry in registry.owned()}
        return {**super().get_fields(), **lists}
