from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import BaseUserManager
from django.db import IntegrityError

from fitness_project.api.email_addresses import canonical, spellings
from fitness_project.documents.collection import DocumentManager

from .documents import UserDocument

if TYPE_CHECKING:
    from .models import User


class UserManager(DocumentManager[UserDocument], BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Raises django.db.IntegrityError if the e-mail address is taken."""
        # The index knows only the spelling that is stored.
        if len(spellings(email)) > 1 and self.find_by_email(email) is not None:
            raise IntegrityError
        user = self.model(email=canonical(email), **fields)
        user.set_password(password)
        user.save(using=self._db, force_insert=True)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, email: str | None) -> "User":
        user = self.find_by_email(email or "")
        if user is None:
            raise self.model.DoesNotExist
        return user

    def find_by_email(self, email: str) -> "User | None":
        """The user who has this e-mail address, in whichever spelling."""
        wanted = spellings(email)
        found = {user.email: user for user in self.filter(email__in=wanted)}
        return next((found[each] for each in wanted if each in found), None)
