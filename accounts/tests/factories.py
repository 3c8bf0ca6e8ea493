from datetime import timedelta
from typing import Any

import factory

from accounts.documents import SignInDocument
from accounts.models import SignIn, User
from fitness_project.documents.instants import now

PASSWORD = "correct horse 9"


class UserFactory(factory.django.DjangoModelFactory[User]):
    email = factory.Sequence(lambda n: f"user{n}@example.com")
    password = PASSWORD

    class Meta:
        model = User

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        return model_class.objects.create_user(*args, **kwargs)


class SignInFactory(factory.django.DjangoModelFactory[SignIn]):
    user = factory.SubFactory(UserFactory)
    expires_at = factory.LazyFunction(lambda: now() + timedelta(days=30))

    class Meta:
        model = SignIn

    @classmethod
    def document(cls, **values: Any) -> SignInDocument:
        """A new sign-in, as it is stored."""
        return SignIn.objects.documents.get(cls.create(**values).pk)
