import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from exercises.audit.operations import Kind, Operation
from exercises.catalogue import catalogue
from exercises.importing import BadFile, Plan, plan_import, read_rows
from exercises.services import store_exercises
from fitness_project.database.migrations import require_migrated
from fitness_project.errors import DomainError

STARTER = Path(__file__).parents[2] / "data" / "starter.csv"
BATCH = 200


class Command(BaseCommand):
    help = (
        "Imports exercises from CSV or from a JSON array in free-exercise-db's layout. Rows are "
        "matched with the catalogue by name, so importing a file again changes nothing. Invalid "
        "rows are refused, and the others are imported."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "file",
            type=Path,
            nargs="?",
            default=STARTER,
            help="The file to import. Default: the starter catalogue.",
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="Only report what the import would do."
        )
        parser.add_argument(
            "--if-empty",
            action="store_true",
            help="Do nothing if the catalogue already has exercises.",
        )

    def handle(self, *, file: Path, dry_run: bool, if_empty: bool, **options: Any) -> None:
        require_migrated()
        if if_empty and catalogue.refreshed().by_id:
            return
        self.stdout.write(f"Importing exercises from {file.name}")
        plan = self._plan(file)
        if not dry_run:
            self._store(plan, show_progress=options["verbosity"] > 0 and sys.stderr.isatty())
        self._report(plan, dry_run)

    def _plan(self, file: Path) -> Plan:
        try:
            return plan_import(read_rows(file.read_bytes()))
        except OSError as error:
            raise CommandError(f"{file} can't be read: {error.strerror}.") from None
        except BadFile as error:
            raise CommandError(f"{file}: {error} Nothing was imported.") from None

    def _store(self, plan: Plan, show_progress: bool) -> None:
        operation = Operation(Kind.COMMAND)
        total = len(plan.new) + len(plan.changes)
        with tqdm(total=total, unit=" exercises", disable=not show_progress) as bar:
            try:
                for start in range(0, max(len(plan.new), len(plan.changes)), BATCH):
                    batch = slice(start, start + BATCH)
                    new, changes = plan.new[batch], plan.changes[batch]
                    bar.update(len(store_exercises(operation, new, changes)))
            except DomainError as error:
                raise CommandError(f"Stopped: {error} Run the import again to continue.") from None

    def _report(self, plan: Plan, dry_run: bool) -> None:
        for number, reason in plan.refused:
            self.stderr.write(f"row {number} refused: {reason}")
        self.stdout.write(
            f"{'Would be: ' if dry_run else ''}created {len(plan.new)}, "
            f"updated {len(plan.changes)}, unchanged {plan.unchanged}, "
            f"refused {len(plan.refused)}"
        )
