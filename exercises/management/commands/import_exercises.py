import sys
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from exercises.catalogue import catalogue
from exercises.importing import BadFile, plan_import, read_rows
from exercises.services import store_exercises
from fitness_project.database.migrations import migrate
from fitness_project.errors import DomainError

STARTER = Path(__file__).parents[2] / "data" / "starter.csv"
BATCH = 200


class Command(BaseCommand):
    help = (
        "Imports exercises from a JSON array in free-exercise-db's layout or from CSV, matched "
        "by name: running it twice changes nothing. A bad row is refused and the others go in."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "file", type=Path, nargs="?", default=STARTER, help="The starter catalogue unless told."
        )
        parser.add_argument("--dry-run", action="store_true", help="Say what it would do.")
        parser.add_argument(
            "--if-empty", action="store_true", help="Do nothing where there are exercises."
        )

    def handle(self, *, file, dry_run, if_empty, **options):
        migrate(self.stdout)
        if if_empty and catalogue.refreshed().by_id:
            return
        self.stdout.write(f"Importing exercises from {file.name}")
        plan = self._plan(file)
        if not dry_run:
            self._store(plan, show_progress=options["verbosity"] > 0 and sys.stderr.isatty())
        self._report(plan, dry_run)

    def _plan(self, file):
        try:
            return plan_import(read_rows(file.read_bytes()))
        except OSError as error:
            raise CommandError(f"{file} can't be read: {error.strerror}.") from None
        except BadFile as error:
            raise CommandError(f"{file}: {error} Nothing was imported.") from None

    def _store(self, plan, show_progress):
        total = len(plan.new) + len(plan.changes)
        with tqdm(total=total, unit=" exercises", disable=not show_progress) as bar:
            for kind, batch in [*_batches("new", plan.new), *_batches("changes", plan.changes)]:
                try:
                    store_exercises(**{"new": [], "changes": [], kind: batch})
                except DomainError as error:
                    raise CommandError(f"Stopped: {error} Run it again to go on.") from None
                bar.update(len(batch))

    def _report(self, plan, dry_run):
        for number, reason in plan.refused:
            self.stderr.write(f"row {number} refused: {reason}")
        counts = {
            "created": len(plan.new),
            "updated": len(plan.changes),
            "unchanged": plan.unchanged,
            "refused": len(plan.refused),
        }
        summary = ", ".join(f"{name} {count}" for name, count in counts.items())
        self.stdout.write(f"{'Would be: ' if dry_run else ''}{summary}")


def _batches(kind, items):
    return [(kind, items[i : i + BATCH]) for i in range(0, len(items), BATCH)]
