from django.apps import AppConfig

from fitness_project.documents import registry


class ExercisesConfig(AppConfig):
    name = "exercises"

    def ready(self) -> None:
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
