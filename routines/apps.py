from django.apps import AppConfig


class RoutinesConfig(AppConfig):
    name = "routines"

    def ready(self):
        from exercises.references import Reference, references

        references.append(Reference(self.get_model("Routine"), follows_renames=True))
