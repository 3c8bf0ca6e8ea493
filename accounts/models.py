"""Who signs in. An e-mail address is for life: it is the account's name and never changed."""

from django.contrib.auth.models import AbstractBaseUser, PermissionsMixin
from django.db import models
from django.utils import timezone
from django_mongodb_backend.fields import ArrayField, EmbeddedModelArrayField, ObjectIdField
from django_mongodb_backend.models import EmbeddedModel

from fitness_project.database.transactions import transactional
from fitness_project.documents.collection import DocumentManager
from fitness_project.documents.instants import now

from .querysets import UserManager


class WeightUnit(models.TextChoices):
    KILOGRAMS = "kg", "kilograms"
    POUNDS = "lb", "pounds"


class User(AbstractBaseUser, PermissionsMixin):
    """`weight_unit` is how clients should show weights; the API itself always speaks kilograms.

    `routines` are the ids of the user's routines in the user's own order.
    """

    email = models.EmailField(unique=True, error_messages={"unique": "This e-mail is taken."})
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

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = []

    objects = UserManager()

    class Meta:
        db_table = "users"

    def save(self, *args, **kwargs):
        """A new password ends every sign-in, however it was set; so does to have none."""
        has_new = self._password is not None or not self.has_usable_password()
        if has_new and not self._state.adding:
            self._save_new_password(*args, **kwargs)
        else:
            super().save(*args, **kwargs)

    @transactional
    def _save_new_password(self, *args, **kwargs):
        super().save(*args, **kwargs)
        SignIn.objects.filter(user=self).delete()

    def clean(self):
        self.email = self.email.strip().lower()

    def get_full_name(self):
        return self.name or self.email

    def get_short_name(self):
        return self.get_full_name()


class Rotation(EmbeddedModel):
    """A refresh token that was used, and when."""

    token_id = models.CharField(max_length=32, db_column="tokenId")
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()

    def __str__(self):
        return f"{self.at:%H:%M:%S}"


class SignIn(models.Model):
    """One signed-in device. `token_id` is the id of the refresh token that may be used next."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", db_column="userId")
    token_id = models.CharField(max_length=32, db_column="tokenId")
    rotated = EmbeddedModelArrayField(Rotation, default=list)
    created_at = models.DateTimeField(default=now, db_column="createdAt")
    last_used_at = models.DateTimeField(default=now, db_column="lastUsedAt")
    expires_at = models.DateTimeField(db_column="expiresAt")
    user_agent = models.CharField(max_length=300, blank=True, db_column="userAgent")
    ip = models.CharField(max_length=45, blank=True)

    objects = DocumentManager()

    class Meta:
        db_table = "sign_ins"
        default_permissions = ()

    def __str__(self):
        return f"{self.user_agent} {self.ip}"


class LoginAttempts(models.Model):
    """How often a password was tried in the window that is open: see `lockout`."""

    id = models.CharField(primary_key=True, max_length=64, db_column="_id")
    attempts = models.IntegerField()
    failures = models.IntegerField()
    expires_at = models.DateTimeField(db_column="expiresAt")

    objects = DocumentManager()

    class Meta:
        db_table = "login_attempts"
        default_permissions = ()

    def __str__(self):
        return f"{self.failures} of {self.attempts}"
