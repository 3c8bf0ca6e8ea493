from django.contrib.auth.models import BaseUserManager

from fitness_project.documents.collection import DocumentManager


class UserManager(DocumentManager, BaseUserManager):
    def create_user(self, email, password=None, **fields):
        """Raises django.db.IntegrityError where the e-mail is taken."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db, force_insert=True)
        return user

    def create_superuser(self, email, password=None, **fields):
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, email):
        return self.get(email=email.strip().lower())
