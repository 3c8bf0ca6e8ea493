import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from pymongo.errors import PyMongoError

from exercises.audit.operations import Kind, Operation
from exercises.catalogue import catalogue
from exercises.curating.values import in_use
from exercises.importing import report
from exercises.importing.applying import Outcome, apply_rows, chosen
from exercises.importing.files.reading import read_file
from exercises.importing.files.rows import BadFile, ReadFile
from exercises.importing.packing import Row
from exercises.importing.plan import Plan, Tick, make_plan
from exercises.importing.stored import PART_ROWS
from fitness_project.database.migrations import require_migrated
from fitness_project.errors import DomainError

STARTER = Path(__file__).parents[2] / "data" / "starter.csv"
SECONDS_BETWEEN_LINES = 3.0


class Command(BaseCommand):
    help = (
        "Imports exercises from CSV or JSON: free-exercise-db's layout, wger's, or an export of "
        "this service. Rows are matched with the catalogue by id or name, so importing a file "
        "again changes nothing. Changes that would undo what was done by hand are left out, "
        "invalid rows are rejected, and the others are imported."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "file",
            type=Path,
            nargs="?",
            default=STARTER,
            help="The file to import. Default: the starter catalogue.",
        )
        choice = parser.add_mutually_exclusive_group()
        choice.add_argument(
            "--only-new", action="store_true", help="Add new exercises, and change none."
        )
        choice.add_argument(
            "--overwrite",
            action="store_true",
            help="Make all changes, even those that undo what was done by hand.",
        )
        parser.add_argument("--language", help="The language to import, if the file has several.")
        parser.add_argument("--encoding", help="Default: what the file seems to be encoded in.")
        parser.add_argument(
            "--dry-run",
            action="store_true",
            help="Only show, field by field, what the import would do.",
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
        read = self._read(file, options["encoding"], options["language"])
        plan = make_plan(read.rows)
        ticked = _ticked(plan, options["only_new"], options["overwrite"])
        rows = chosen([*plan.new, *plan.changed], ticked)
        self._write_all(report.about_file(read), report.rejected(plan))
        if dry_run:
            self._write_all(report.planned(plan, ticked), [])
            outcome = Outcome()
        else:
            outcome = self._apply(file.name, rows, is_quiet=options["verbosity"] == 0)
        self._write_all(report.left_out(plan, ticked), report.left(outcome))
        self.stdout.write(report.summary(plan, rows, outcome, dry_run))
        if plan.rejected:
            count = len(plan.rejected)
            raise CommandError(f"{count:,} of the rows {'was' if count == 1 else 'were'} rejected.")

    def _read(self, file: Path, encoding: str | None, language: str | None) -> ReadFile:
        try:
            read = read_file(file.read_bytes(), encoding, language, in_use("muscle").values())
        except OSError as error:
            raise CommandError(f"{file} can't be read: {error.strerror}.") from None
        except BadFile as error:
            raise CommandError(f"{file}: {error} Nothing was imported.") from None
        if read.needs_language:
            languages = ", ".join(f"{name} ({n:,})" for name, n in read.languages.items())
            raise CommandError(f"Choose one of the file's languages with --language: {languages}.")
        return read

    def _apply(self, file_name: str, rows: list[Row], is_quiet: bool) -> Outcome:
        operation, whole = Operation(Kind.COMMAND, file=file_name), Outcome()
        show = _progress(self.stderr.write, len(rows), is_quiet)
        done = 0
        try:
            for done in range(0, len(rows), PART_ROWS):
                show(done)
                outcome = apply_rows(operation, rows[done : done + PART_ROWS])
                if outcome is None:
                    raise CommandError(f"Stopped after {done:,} rows: the import has been undone.")
                whole.add(outcome)
        except (KeyboardInterrupt, DomainError, PyMongoError) as error:
            raise CommandError(
                f"Stopped after {done:,} of {len(rows):,} rows{_because(error)}. "
                "Run the import again to continue."
            ) from None
        return whole

    def _write_all(self, lines: Iterable[str], errors: Iterable[str]) -> None:
        for line in lines:
            self.stdout.write(line)
        for line in errors:
            self.stderr.write(line)


def _ticked(plan: Plan, only_new: bool, overwrite: bool) -> set[Tick]:
    if only_new:
        return set()
    return plan.every_change() if overwrite else plan.suggested()


def _because(error: BaseException) -> str:
    reason = str(error).rstrip(".")
    return f": {reason}" if reason else ""


def _progress(write: Callable[[str], object], total: int, is_quiet: bool) -> Callable[[int], None]:
    """Writes a line every few seconds."""
    last = time.monotonic()

    def show(done: int) -> None:
        nonlocal last
        if not is_quiet and time.monotonic() - last >= SECONDS_BETWEEN_LINES:
            last = time.monotonic()
            write(f"{done:,} of {total:,} rows")

    return show
