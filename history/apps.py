from django.apps import AppConfig


class HistoryConfig(AppConfig):
    name = "history"
    verbose_name = "training history"

    def ready(self):
        from exercises.references import Reference, references

        references.append(Reference(self.get_model("Session"), follows_renames=False))
