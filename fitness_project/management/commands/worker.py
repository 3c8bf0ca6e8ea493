from typing import Any

from django.core.management.base import BaseCommand

from fitness_project.database.migrations import require_migrated
from fitness_project.tasks.worker import Worker


class Command(BaseCommand):
    help = "Runs tasks until Ctrl-C, beside the worker of each `serve`."

    def handle(self, **options: Any) -> None:
        require_migrated()
        self.stdout.write("Running tasks until Ctrl-C.")
        Worker().run()
