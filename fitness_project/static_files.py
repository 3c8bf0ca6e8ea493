"""Scripts and styles: `serve` collects them, compressed, in a folder named after their content.

So browsers may keep them for ever. Where this version's haven't been collected, as in tests, they
come from their packages.
"""

import fcntl
import hashlib
import os
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from shutil import rmtree

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.contrib.staticfiles.management.commands.collectstatic import Command
from django.core.management import call_command
from whitenoise.storage import CompressedStaticFilesStorage

# No page uses these.
LEFT_OUT = [
    *("rest_framework", "redoc", "oauth2-redirect*", "swagger-ui-standalone-preset*"),
    *("*.map", "*LICENSE*"),
]
VERSIONS_KEPT = 5


class VersionedStorage(CompressedStaticFilesStorage):
    @cached_property
    def _folder(self) -> str:
        version = _version()
        return f"{version}/" if self.exists(version) else ""

    def url(self, name: str | None) -> str:
        return super().url(f"{self._folder}{name}")


def collect() -> None:
    """Does nothing if this version's files have been collected. Raises OSError if it can't write.

    Services that share the directory take turns, and may be serving other versions from it.
    """
    root = Path(settings.STATIC_ROOT)
    target = root / _version()
    if target.exists():
        return
    root.mkdir(parents=True, exist_ok=True)
    with (root / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not target.exists():
            _publish(target)
            _remove_old(root)


def _publish(target: Path) -> None:
    """All at once: neither a killed start nor a full disk leaves a part of the files."""
    place = target.parent.with_suffix(".new")
    rmtree(place, ignore_errors=True)  # A start that was killed may have left it.
    command = Command()
    command.storage = CompressedStaticFilesStorage(location=place)
    call_command(command, interactive=False, verbosity=0, ignore_patterns=LEFT_OUT)
    os.sync()  # After a power failure, too.
    place.rename(target)


def _remove_old(root: Path) -> None:
    versions = [path for path in root.iterdir() if path.is_dir()]
    versions.sort(key=lambda path: path.stat().st_mtime, reverse=True)
    for version in versions[VERSIONS_KEPT:]:
        rmtree(version, ignore_errors=True)


def _version() -> str:
    """A digest of all names and contents: installed files may all have the same time."""
    digest = hashlib.sha256(Path(__file__).read_bytes())
    for name, path in _sources():
        digest.update(name.encode() + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _sources() -> Iterator[tuple[str, Path]]:
    for finder in get_finders():
        for name, storage in finder.list(LEFT_OUT):
            yield name, Path(storage.path(name))
