from django.apps import AppConfig


class ExercisesConfig(AppConfig):
    name = "exercises"

    def ready(self):
        from fitness_project.api.feed import followed

        from .feed import CatalogueFeed

        followed.append(CatalogueFeed())
