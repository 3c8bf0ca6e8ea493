from django.apps import AppConfig

from fitness_project.documents import changes, registry


class HistoryConfig(AppConfig):
    name = "history"
    verbose_name = "training history"

    def ready(self) -> None:
        from .models import Session
        from .serializers import SessionSerializer

        documents = Session.objects.documents
        registry.entries.append(
            registry.Entry(
                "history",
                documents,
                SessionSerializer.response,
                # No field is copied again: a session keeps the names from the day it was recorded.
                refers_to=(registry.Reference("exercises", "exercises", "exerciseId"),),
                feed=changes.OwnedFeed(documents),
            )
        )
