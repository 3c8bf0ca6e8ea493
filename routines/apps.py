from django.apps import AppConfig


class RoutinesConfig(AppConfig):
    name = "routines"

    def ready(self):
        from accounts.owned import Owned, owned
        from exercises.references import Reference, references
        from fitness_project.api.feed import OwnedFeed, followed

        from .serializers import RoutineSerializer

        references.append(Reference(self.get_model("Routine"), follows_renames=True))
        owned.append(Owned("routines", self.get_model("Routine"), RoutineSerializer))
        followed.append(OwnedFeed("routines", self.get_model("Routine"), RoutineSerializer))
