from django.apps import AppConfig


class TasksConfig(AppConfig):
    name = "fitness_project.tasks"
