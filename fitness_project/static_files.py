"""Scripts and styles: `serve` collects them, compressed and with a hash of the content in the name.

So browsers may keep them for ever. Where nothing has been collected, as in tests, files keep their
names and come from their packages.
"""

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from shutil import rmtree

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.contrib.staticfiles.management.commands.collectstatic import Command
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage
from django.core.management import call_command
from whitenoise.storage import CompressedManifestStaticFilesStorage

# No page uses these.
LEFT_OUT = [
    *("rest_framework", "redoc", "oauth2-redirect*", "swagger-ui-standalone-preset*"),
    *("*.map", "*LICENSE*"),
]
STAMP = "collected.sha256"


(_, (URL, IMPORT, _)), _ = ManifestStaticFilesStorage.patterns


class HashedStorage(CompressedManifestStaticFilesStorage):
    # All but the names of source maps, which are left out.
    patterns = (("*.css", (URL, IMPORT)),)

    def stored_name(self, name: str) -> str:
        hashed: str = super().stored_name(name) if self.hashed_files else name
        return hashed


def collect() -> None:
    """Does nothing if the same files have been collected. Raises OSError if it can't write.

    Services that share the directory take turns. They may be serving from it, so each file appears
    at once, and none is removed.
    """
    root = Path(settings.STATIC_ROOT)
    root.mkdir(parents=True, exist_ok=True)
    with (root / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if _stamp_of(root) == (current := _digest()):
            return
        place = root.with_name(f"{root.name}.new")
        rmtree(place, ignore_errors=True)  # A start that was killed may have left it.
        command = Command()
        command.storage = HashedStorage(location=place)
        call_command(command, interactive=False, verbosity=0, ignore_patterns=LEFT_OUT)
        _move(place, root)
        rmtree(place)
        (root / STAMP).write_text(current)


def _move(place: Path, root: Path) -> None:
    """The manifest, which names all other files, comes last."""
    files = [path for path in place.rglob("*") if path.is_file()]
    for path in sorted(files, key=lambda path: path.name == HashedStorage.manifest_name):
        target = root / path.relative_to(place)
        target.parent.mkdir(parents=True, exist_ok=True)
        os.replace(path, target)


def _stamp_of(root: Path) -> str | None:
    with suppress(FileNotFoundError):
        return (root / STAMP).read_text()
    return None


def _digest() -> str:
    """Of all names and contents: installed files may all have the same time."""
    digest = hashlib.sha256(Path(__file__).read_bytes())
    for name, path in _sources():
        digest.update(name.encode() + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _sources() -> Iterator[tuple[str, Path]]:
    for finder in get_finders():
        for name, storage in finder.list(LEFT_OUT):
            yield name, Path(storage.path(name))
