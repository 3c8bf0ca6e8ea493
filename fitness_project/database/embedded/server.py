"""The server process: its command line, its health, its last words."""

import os
import subprocess
from collections.abc import Iterable
from contextlib import suppress
from importlib import metadata
from pathlib import Path

from bson.binary import UUID_SUBTYPE, Binary
from bson.int64 import Int64

from . import wire
from .confinement import confinement
from .files import Files

MISSING = (
    "The embedded database isn't installed: run "
    "`pip install --no-deps -r requirements-embedded.txt`, "
    "or set MONGODB_URI to a database of your own."
)
PACKAGE = "secantusdb"
ANSWER_SECONDS = 2.0
STOP_SECONDS = 5.0
LOG_BYTES = 10_000_000
# Else it keeps its whole journal for as long as it runs.
CHECKPOINTS = {"SECANTUS_WT_CONFIG_EXTRA": "checkpoint=(wait=60,log_size=128MB)"}


class StartError(Exception):
    """Why there is no embedded database: one line for people."""


class Server:
    def __init__(self, files: Files, port: int):
        self.files = files
        self.port = port
        self._process: subprocess.Popen | None = None
        self._log_start = 0
        self._probe_id = Binary(os.urandom(16), UUID_SUBTYPE)
        self._probes = 0

    @property
    def pid(self) -> int | None:
        return self._process and self._process.pid

    def start(self) -> None:
        """Raises StartError if it isn't installed, and OSError if VAR_DIR can't be used."""
        rotate(self.files.log)
        with self.files.log.open("ab") as log:
            self._log_start = log.tell()
            self._process = subprocess.Popen(  # noqa: S603 - a fixed command line
                self._command(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, **CHECKPOINTS},
                preexec_fn=confinement(os.getpid()),
            )

    def _command(self) -> list[str]:
        """Without the sync, acknowledged writes are lost when it is killed; with its default of
        2 GB for a log file, a fresh folder takes that much and a restart six seconds."""
        self.files.config.write_bytes(b"")
        return [
            *(str(binary()), "--config", str(self.files.config)),
            *("--host", "127.0.0.1", "--port", str(self.port)),
            *("--storage-path", str(self.files.storage), "--sync-on-commit"),
            *("--log-file-max", "64MB", "--cache-size", "256M"),
            *("--oplog-max-entries", "100"),  # Nobody reads it.
        ]

    def exit_code(self) -> int | None:
        return self._process.poll()

    def works(self) -> bool:
        """Whether it reads from its storage in a transaction, and says so in time.

        After a failed write (a full disk) it panics: it refuses everything until it is started
        again, but lives on and answers `ping`. Such a server is killed here.
        """
        try:
            is_fine = self._read_in_a_transaction()
        except OSError:
            return False
        if not is_fine:
            self.kill()
        return is_fine

    def _read_in_a_transaction(self) -> bool:
        """Where writers wait for one another for ever, no transaction can begin or end."""
        self._probes += 1
        transaction = {
            "lsid": {"id": self._probe_id},
            "txnNumber": Int64(self._probes),
            "autocommit": False,
        }
        read = {"find": "keeper", "limit": 1, **transaction, "startTransaction": True}
        commit = {"commitTransaction": 1, **transaction}
        return all(wire.command(self.port, c, ANSWER_SECONDS)["ok"] for c in (read, commit))

    def kill(self) -> None:
        self._process.kill()

    def end_transactions(self, sessions: Iterable[bytes]) -> bool:
        """Of these sessions. Whether it was done."""
        ids = [{"id": Binary(session, UUID_SUBTYPE)} for session in sessions]
        with suppress(OSError):
            return bool(wire.command(self.port, {"killSessions": ids}, ANSWER_SECONDS)["ok"])
        return False

    def stop(self) -> None:
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def is_locked_out(self) -> bool:
        return "Device or resource busy" in self._output()

    def last_words(self) -> str:
        """Why it ended, as far as it said."""
        if self.is_locked_out():
            return f"another process uses {self.files.storage}"
        if "No space left on device" in self._output():
            return f"no space left on the disk of {self.files.storage}"
        lines = self._output().strip().splitlines() or [f"exit code {self.exit_code()}"]
        return f"{lines[-1].removeprefix('secantusd-rs: ')} (see {self.files.log})"

    def _output(self) -> str:
        with suppress(OSError), self.files.log.open("rb") as log:
            log.seek(self._log_start)
            return log.read(LOG_BYTES).decode(errors="replace")
        return ""


def binary() -> Path:
    """The server itself: the `secantusd-rs` on the PATH is a Python script that runs it."""
    with suppress(metadata.PackageNotFoundError):
        package = metadata.distribution(PACKAGE)
        path = Path(package.locate_file("secantusdb.scripts/secantusd-rs"))
        if os.access(path, os.X_OK):
            return path
    raise StartError(MISSING)


def rotate(log: Path) -> None:
    with suppress(FileNotFoundError):
        if log.stat().st_size > LOG_BYTES:
            log.replace(log.with_suffix(".log.1"))
