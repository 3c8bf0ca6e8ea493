from django.apps import AppConfig
from django.db.models.signals import post_migrate

from fitness_project.documents import registry


class ExercisesConfig(AppConfig):
    name = "exercises"

    def ready(self) -> None:
        from .curators import make_group
        from .feed import CatalogueFeed
        from .models import Exercise
        from .serializers import ExerciseSerializer

        registry.entries.append(
            registry.Entry(
                "exercises",
                Exercise.objects.documents,
                ExerciseSerializer.response,
                owner=None,
                feed=CatalogueFeed(),
            )
        )
        # After Django's own receiver, which creates the permissions.
        post_migrate.connect(make_group, sender=self)
