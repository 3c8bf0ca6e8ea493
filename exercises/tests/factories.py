import factory
from django.contrib.auth.models import Permission

from accounts.tests.factories import UserFactory
from exercises.audit.operations import Kind, Operation
from exercises.catalogue import catalogue
from exercises.models import Exercise
from exercises.names import name_key


class ExerciseFactory(factory.django.DjangoModelFactory):
    name = factory.Sequence(lambda n: f"Exercise {n}")
    name_key = factory.LazyAttribute(lambda exercise: name_key(exercise.name))
    description = "Stand upright. Lift it. Set it down."

    class Meta:
        model = Exercise

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        """Writes to the collection as another program would, so the snapshot must be dropped."""
        exercise = super()._create(model_class, *args, **kwargs)
        catalogue.__init__()
        return exercise


def entry(exercise, **changes) -> dict:
    """An entry for the array `exercises` of a request."""
    return {"exerciseId": str(exercise.pk), "sets": 3, "reps": 8, "weight": 60.0, **changes}


class CuratorFactory(UserFactory):
    """A staff member who may write exercises, and nothing else."""

    is_staff = True

    class Meta:
        skip_postgeneration_save = True

    @factory.post_generation
    def permit(user, *_, **__):  # noqa: N805
        user.user_permissions.set(Permission.objects.filter(content_type__app_label="exercises"))


def some_operation() -> Operation:
    """What stands in for a curator's request where a test calls a service."""
    return Operation(Kind.COMMAND)
