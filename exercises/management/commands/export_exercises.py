from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from exercises.exporting import FORMATS
from exercises.selection import FACETS, NAME, Selection
from fitness_project.database.migrations import require_migrated


class Command(BaseCommand):
    help = (
        "Exports the exercises that match all the given options, sorted by name. Importing the "
        "file changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--format", choices=FORMATS, default="json", help="Default: json.")
        parser.add_argument(
            "--output", type=Path, metavar="FILE", help="Default: the standard output."
        )
        parser.add_argument("--search", metavar="WORDS", help="As in the API.")
        for facet in FACETS:
            parser.add_argument(f"--{facet}", metavar="VALUE", help=f"Only with this {facet}.")
        parser.add_argument("--archived", action="store_true", help="Include archived exercises.")

    def handle(self, *, output: Path | None, **options: Any) -> None:
        require_migrated()
        _, write = FORMATS[options["format"]]
        parts = write(Selection.of(options).fetch(NAME))
        if output is None:
            for part in parts:
                self.stdout.write(part.decode(), ending="")
        else:
            _write_file(output, parts)


def _write_file(path: Path, parts: Iterator[bytes]) -> None:
    try:
        with path.open("wb") as file:
            file.writelines(parts)
    except OSError as error:
        raise CommandError(f"{path} can't be written: {error.strerror}.") from None
