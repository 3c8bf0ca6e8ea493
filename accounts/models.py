"""Who signs in. An e-mail address is for life: it is the account's name and never changed."""

from django.contrib.auth.models import AbstractBaseUser, PermissionsMixin
from django.db import models
from django.utils import timezone
from django_mongodb_backend.fields import ArrayField, ObjectIdField

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

    def clean(self):
        self.email = self.email.strip().lower()

    def get_full_name(self):
        return self.name or self.email

    def get_short_name(self):
        return self.get_full_name()
