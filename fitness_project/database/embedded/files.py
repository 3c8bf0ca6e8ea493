"""What the embedded database keeps in VAR_DIR, and how processes find each other there."""

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

POLL_SECONDS = 0.05


@dataclass(frozen=True)
class Files:
    var_dir: Path

    @property
    def storage(self) -> Path:
        return self.var_dir / "database"

    @property
    def log(self) -> Path:
        return self.var_dir / "database.log"

    @property
    def config(self) -> Path:
        """Empty: without a file of ours the server reads one from wherever it is started."""
        return self.var_dir / "database.toml"

    @property
    def lock(self) -> Path:
        """Held by the keeper as long as it lives."""
        return self.var_dir / "database.lock"

    @property
    def starting(self) -> Path:
        """Held while a keeper is being started: of many processes at once, one does it."""
        return self.var_dir / "database.starting"

    @property
    def state(self) -> Path:
        return self.var_dir / "database.json"

    def read_state(self) -> dict:
        try:
            return json.loads(self.state.read_text())
        except (FileNotFoundError, ValueError):
            return {}

    def write_state(self, **state) -> None:
        """Only the holder of the lock writes, and no reader sees half of it."""
        draft = self.state.with_suffix(".draft")
        draft.touch(mode=0o600)
        draft.write_text(json.dumps(state))
        draft.replace(self.state)

    def published(self) -> dict:
        """The state, if the keeper that wrote it is alive.

        After a crash or a reboot the ports in the file may belong to anybody by now.
        """
        try:
            with locked(self.lock, 0, fcntl.LOCK_SH):
                return {}
        except TimeoutError:
            return self.read_state()


@contextmanager
def locked(path: Path, patience: float, kind: int = fcntl.LOCK_EX) -> Iterator[None]:
    """Holds the lock on `path`. The kernel frees it with the process, however that ends.

    Raises TimeoutError when it isn't free within `patience` seconds.
    """
    deadline = time.monotonic() + patience
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        while not _try_lock(descriptor, kind):
            if time.monotonic() >= deadline:
                raise TimeoutError(path)
            time.sleep(POLL_SECONDS)
        yield
    finally:
        os.close(descriptor)


def _try_lock(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def unusable(var_dir: Path, error: OSError) -> str:
    """One line for people about a folder that can't be used."""
    return (
        f"The embedded database can't use VAR_DIR ({var_dir}): "
        f"{error.strerror or error}: {error.filename or var_dir}"
    )
