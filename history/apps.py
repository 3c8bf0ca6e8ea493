from django.apps import AppConfig


class HistoryConfig(AppConfig):
    name = "history"
    verbose_name = "training history"

    def ready(self):
        from accounts.owned import Owned, owned
        from exercises.references import Reference, references
        from fitness_project.api.feed import OwnedFeed, followed

        from .serializers import SessionSerializer

        references.append(Reference(self.get_model("Session"), follows_renames=False))
        owned.append(Owned("history", self.get_model("Session"), SessionSerializer))
        followed.append(OwnedFeed("history", self.get_model("Session"), SessionSerializer))
