"""Users and their sign-ins."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, PermissionsMixin
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.base_session import AbstractBaseSession, BaseSessionManager
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django_mongodb_backend.fields import ArrayField, EmbeddedModelArrayField, ObjectIdField
from django_mongodb_backend.models import EmbeddedModel

from fitness_project.api.email_addresses import canonical
from fitness_project.database.transactions import transactional
from fitness_project.documents.collection import DocumentManager
from fitness_project.documents.instants import now

from .documents import (
    BrowserSessionDocument,
    LoginAttemptsDocument,
    SignInDocument,
    SupportDocument,
)
from .querysets import UserManager
from .signing_in.browser_sessions import SessionStore

TAKEN = "This e-mail address is taken."


class WeightUnit(models.TextChoices):
    KILOGRAMS = "kg", "kilograms"
    POUNDS = "lb", "pounds"


class User(AbstractBaseUser, PermissionsMixin):
    """An account. It is known by its e-mail address.

    `weight_unit` is the unit in which clients should show weights; the API itself always uses
    kilograms. `routines` has the ids of the user's routines, in the order that the user chose.
    """

    email = models.EmailField(unique=True, error_messages={"unique": TAKEN})
    password = models.CharField(max_length=256)
    name = models.CharField(max_length=120, null=True, blank=True)
    weight_unit = models.CharField(
        max_length=2, choices=WeightUnit, default=WeightUnit.KILOGRAMS, db_column="weightUnit"
    )
    routines = ArrayField(ObjectIdField(), default=list, blank=True, editable=False)
    is_active = models.BooleanField("active", default=True, db_column="isActive")
    is_staff = models.BooleanField("staff", default=False, db_column="isStaff")
    is_superuser = models.BooleanField("superuser", default=False, db_column="isSuperuser")
    last_login = models.DateTimeField(null=True, blank=True, db_column="lastLogin")
    date_joined = models.DateTimeField(default=timezone.now, editable=False, db_column="dateJoined")
    email_changed_at = models.DateTimeField(null=True, editable=False, db_column="emailChangedAt")
    closed_at = models.DateTimeField(
        "being deleted since", null=True, blank=True, editable=False, db_column="closedAt"
    )

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = []

    _password: str | None  # Django's own: the password that is about to be saved.

    objects = UserManager()

    class Meta:
        db_table = "users"
        default_permissions = ("add", "change", "view")
        # Less than changing users, which includes setting their passwords.
        permissions = [("support_user", "Can support users with their accounts")]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Also ends every sign-in if the user has a new password, or no usable one."""
        has_new = self._password is not None or not self.has_usable_password()
        save = self._save_new_password if has_new and not self._state.adding else super().save
        save(*args, **kwargs)

    @transactional
    def _save_new_password(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        SignIn.objects.filter(user=self).delete()

    def clean(self) -> None:
        """Refuses a new address that is taken in another spelling, which the index doesn't know."""
        if not self._state.adding:
            return
        if User.objects.find_by_email(self.email) is not None:
            raise ValidationError({"email": ValidationError(TAKEN, "unique")})
        self.email = canonical(self.email)

    def get_full_name(self) -> str:
        return self.name or self.email

    get_short_name = get_full_name


class Rotation(EmbeddedModel):
    """A used refresh token, and the pairs that it yielded (see `signing_in.rotations`)."""

    token_id = models.CharField(max_length=32, db_column="tokenId")
    at = models.DateTimeField()
    is_used = models.BooleanField(default=False, db_column="isUsed")
    pairs = ArrayField(models.CharField(max_length=32), default=list)

    class Meta:
        default_permissions = ()


class SignIn(models.Model):
    """A signed-in device."""

    user = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="+", db_index=False, db_column="userId"
    )
    rotations = EmbeddedModelArrayField(Rotation, default=list)
    created_at = models.DateTimeField(default=now, db_column="createdAt")
    last_used_at = models.DateTimeField(default=now, db_column="lastUsedAt")
    expires_at = models.DateTimeField(db_column="expiresAt")
    user_agent = models.CharField(max_length=300, blank=True, db_column="userAgent")
    ip = models.CharField(max_length=45, blank=True)

    objects: ClassVar[DocumentManager[SignInDocument]] = DocumentManager()

    class Meta:
        db_table = "sign_ins"
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.user_agent} {self.ip}"


class BrowserSessionManager(DocumentManager[BrowserSessionDocument], BaseSessionManager):
    use_in_migrations = False


class BrowserSession(AbstractBaseSession):
    """The Django session of a browser, and the user who is signed in there."""

    # As `_id`: MongoDB wouldn't use the backend's unique index, which is partial.
    session_key = models.CharField("session key", max_length=40, primary_key=True, db_column="_id")
    expire_date = models.DateTimeField("expire date")
    user_id = ObjectIdField(null=True, db_column="userId")

    objects: ClassVar[BrowserSessionManager] = BrowserSessionManager()

    class Meta:
        db_table = "browser_sessions"
        default_permissions = ()

    @classmethod
    def get_session_store_class(cls) -> type[SessionBase]:
        return SessionStore


class LoginAttempts(models.Model):
    """Counts attempts at a password within one window of time (see `signing_in.lockout`)."""

    id = models.CharField(primary_key=True, max_length=64, db_column="_id")
    email = models.CharField(max_length=64, null=True)
    attempts = models.IntegerField()
    failures = models.IntegerField()
    expires_at = models.DateTimeField(db_column="expiresAt")

    objects: ClassVar[DocumentManager[LoginAttemptsDocument]] = DocumentManager()

    class Meta:
        db_table = "login_attempts"
        default_permissions = ()
        indexes = [models.Index(fields=["email"], name="attempts_by_email")]

    def __str__(self) -> str:
        return f"{self.failures} of {self.attempts}"


class SupportEntry(models.Model):
    """An entry in the log of what staff did to users' accounts. Nothing changes it."""

    user_id = ObjectIdField(db_column="userId")
    staff_id = ObjectIdField(db_column="staffId")
    action = models.CharField(max_length=20)
    at = models.DateTimeField()

    objects: ClassVar[DocumentManager[SupportDocument]] = DocumentManager()

    class Meta:
        db_table = "support_log"
        default_permissions = ()
        indexes = [models.Index(fields=["user_id", "-at"], name="support_of_user")]

    def __str__(self) -> str:
        return self.action
