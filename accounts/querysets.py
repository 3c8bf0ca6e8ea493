from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import BaseUserManager

from fitness_project.documents.collection import DocumentManager

from .documents import UserDocument

if TYPE_CHECKING:
    from .models import User


class UserManager(DocumentManager[UserDocument], BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Raises django.db.IntegrityError if the e-mail address is taken."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db, force_insert=True)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, email: str | None) -> "User":
        return self.get(email=(email or "").strip().lower())
