"""Another revision of the project, in a temporary folder until a `with` block ends."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from service import PROJECT

GIT = shutil.which("git") or "git"
TAR = shutil.which("tar") or "tar"


@contextmanager
def checked_out(revision: str) -> Iterator[Path]:
    """Not a worktree, which git would still list if this process were killed."""
    archive = _git("archive", "--format=tar", _commit(revision))
    with tempfile.TemporaryDirectory(prefix="fitness-base-") as folder:
        subprocess.run([TAR, "-x", "-C", folder], input=archive, check=True)
        yield Path(folder)


def described(revision: str) -> str:
    return _git("log", "-1", "--format=%h %s", _commit(revision)).decode().strip()


def _commit(revision: str) -> str:
    """Ends the run if there is no such revision."""
    wanted = "rev-parse", "--quiet", "--verify", "--end-of-options", f"{revision}^{{commit}}"
    try:
        return _git(*wanted).decode().strip()
    except subprocess.CalledProcessError:
        raise SystemExit(f"There is no revision {revision} here.") from None


def _git(*arguments: str) -> bytes:
    return subprocess.run([GIT, *arguments], cwd=PROJECT, stdout=subprocess.PIPE, check=True).stdout
