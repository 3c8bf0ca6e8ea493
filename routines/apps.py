from django.apps import AppConfig

from fitness_project.documents import changes, registry


class RoutinesConfig(AppConfig):
    name = "routines"

    def ready(self) -> None:
        from .models import Routine
        from .serializers import RoutineSerializer

        documents = Routine.objects.documents
        registry.entries.append(
            registry.Entry(
                "routines",
                documents,
                RoutineSerializer.response,
                refers_to=(
                    registry.Reference("exercises", "exercises", "exerciseId", copied=("name",)),
                ),
                feed=changes.OwnedFeed(documents),
            )
        )
