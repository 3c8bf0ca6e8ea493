import factory

from accounts.models import User
from accounts.tests.factories import UserFactory
from exercises.tests.factories import ExerciseFactory
from routines.models import Routine, RoutineEntry


def embedded(entry_class, exercise, **values):
    defaults = {"sets": 3, "reps": 8, "weight": 60.0, "name": exercise.name}
    return entry_class(exercise_id=exercise.pk, **{**defaults, **values})


class RoutineFactory(factory.django.DjangoModelFactory):
    user = factory.SubFactory(UserFactory)
    name = factory.Sequence(lambda n: f"Routine {n}")
    exercises = factory.LazyFunction(lambda: [embedded(RoutineEntry, ExerciseFactory())])

    class Meta:
        model = Routine
        skip_postgeneration_save = True

    @factory.post_generation
    def enter(routine, *_, **__):  # noqa: N805
        User.objects.documents.collection.update_one(
            {"_id": routine.user_id}, {"$push": {"routines": routine.pk}}
        )
