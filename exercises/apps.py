from django.apps import AppConfig


class ExercisesConfig(AppConfig):
    name = "exercises"

    def ready(self) -> None:
        from fitness_project.documents import registry

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
