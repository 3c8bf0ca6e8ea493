"""The embedded database's files in VAR_DIR, through which processes also find each other."""

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

POLL_SECONDS = 0.05


class State(TypedDict, total=False):
    """What a keeper tells other processes. Only `port` is kept when it ends."""

    keeper: int
    """The keeper's process id."""
    lease_port: int
    server: int | None
    """The server's process id."""
    port: int
    """The server's port."""


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
        """Without it, the server reads a file from the directory in which it is started."""
        return self.var_dir / "database.toml"

    @property
    def lock(self) -> Path:
        """Locked by the keeper as long as it lives."""
        return self.var_dir / "database.lock"

    @property
    def starting(self) -> Path:
        """Locked by a process that starts a keeper, so that no other process starts one too."""
        return self.var_dir / "database.starting"

    @property
    def state(self) -> Path:
        return self.var_dir / "database.json"

    @property
    def saved(self) -> Path:
        """Collections that are being rebuilt, or whose rebuilding was interrupted."""
        return self.var_dir / "saved"

    def read_state(self) -> State:
        try:
            state: State = json.loads(self.state.read_text())
        except (FileNotFoundError, ValueError):
            return {}
        return state

    def write_state(self, state: State) -> None:
        """Only the keeper may call this. The file is replaced, so readers never see half of it."""
        draft = self.state.with_suffix(".draft")
        draft.touch(mode=0o600)
        draft.write_text(json.dumps(state))
        draft.replace(self.state)

    def running_state(self) -> State:
        """Returns the state if its keeper is alive, else {}.

        After a crash or a reboot, other programs may use the ports in the file.
        """
        try:
            with locked(self.lock, 0, fcntl.LOCK_SH):
                return {}
        except TimeoutError:
            return self.read_state()


@contextmanager
def locked(path: Path, patience: float, kind: int = fcntl.LOCK_EX) -> Iterator[None]:
    """Holds a lock on the file. The kernel releases it when the process ends, however it ends.

    Raises TimeoutError if the lock isn't free within `patience` seconds.
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


def describe_unusable(var_dir: Path, error: OSError) -> str:
    """Returns one line for users about a directory that the database can't use."""
    return (
        f"The embedded database can't use VAR_DIR ({var_dir}): "
        f"{error.strerror or error}: {error.filename or var_dir}"
    )
