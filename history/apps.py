from django.apps import AppConfig


class HistoryConfig(AppConfig):
    name = "history"
    verbose_name = "training history"

    def ready(self):
        from accounts.owned import Owned, owned
        from exercises.references import Reference, references

        from .serializers import SessionSerializer

        references.append(Reference(self.get_model("Session"), follows_renames=False))
        owned.append(Owned("history", self.get_model("Session"), SessionSerializer.answer))
