from datetime import UTC, datetime

import factory

from accounts.tests.factories import UserFactory
from exercises.tests.factories import ExerciseFactory
from history.models import Session, SessionEntry
from routines.tests.factories import embedded


class SessionFactory(factory.django.DjangoModelFactory):
    user = factory.SubFactory(UserFactory)
    date = datetime(2026, 5, 1, 18, 30, tzinfo=UTC)
    exercises = factory.LazyFunction(lambda: [embedded(SessionEntry, ExerciseFactory())])

    class Meta:
        model = Session
