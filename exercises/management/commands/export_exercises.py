import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

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
            out: Any = self.stdout
            _write_out(out.buffer, parts)
        else:
            _write_file(output, parts)


def _write_out(file: BinaryIO, parts: Iterator[bytes]) -> None:
    try:
        file.writelines(parts)
        file.flush()
    except BrokenPipeError:  # Whoever reads has seen enough, as `head` has.
        with open(os.devnull, "wb") as nowhere:
            os.dup2(nowhere.fileno(), file.fileno())


def _write_file(path: Path, parts: Iterator[bytes]) -> None:
    try:
        if path.exists() and not path.is_file():  # It may be a device or a named pipe.
            with path.open("wb") as file:
                file.writelines(parts)
        else:
            _replace_file(path.resolve(), parts)
    except OSError as error:
        raise CommandError(f"{path} can't be written: {error.strerror}.") from None


def _replace_file(path: Path, parts: Iterator[bytes]) -> None:
    """The file stays as it is until the new one is complete."""
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            file.writelines(parts)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
