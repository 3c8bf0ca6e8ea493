"""The server process: its command line, its health, and the reason why it ended."""

import os
import subprocess
import sys
from collections.abc import Iterable
from contextlib import suppress
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
PROGRAM = "secantusdb.scripts/secantusd-rs"
REPLY_SECONDS = 2.0
STOP_SECONDS = 5.0
LOG_BYTES = 10_000_000
MEGABYTE = 2**20
# A write to a disk that is just full can be acknowledged and lost. So the server is stopped before:
# another program needs more than its checks' interval to fill so much.
STOP_BYTES = 128 * MEGABYTE
START_BYTES = STOP_BYTES + 32 * MEGABYTE
# To find what has expired, the server reads all documents of each collection from which some
# expire: beside a million sessions, 17 seconds of CPU time each minute, which is its default.
CONFIG = "[storage]\nttl_sweep_seconds = 3600\n"
# Without these checkpoints the server keeps its whole journal for as long as it runs.
CHECKPOINTS = {"SECANTUS_WT_CONFIG_EXTRA": "checkpoint=(wait=60,log_size=128MB)"}


class StartError(Exception):
    """The server can't be started. The message is one line for users."""


class Server:
    def __init__(self, files: Files, port: int):
        self.files = files
        self.port = port
        self._process: subprocess.Popen[bytes] | None = None
        self._log_start = 0
        self._check_id = Binary(os.urandom(16), UUID_SUBTYPE)
        self._checks = 0

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def start(self) -> None:
        """Raises StartError if the server isn't installed or the disk is almost full, and OSError
        if VAR_DIR can't be used."""
        if not self.has_room(START_BYTES):
            raise StartError(
                "The embedded database can't start: it needs "
                f"{START_BYTES // MEGABYTE} MB of free space on the disk of {self.files.var_dir}."
            )
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
        """Without `--sync-on-commit`, a killed server loses acknowledged writes. With the default
        `--log-file-max` of 2 GB, an empty database takes 2 GB and a restart takes six seconds."""
        self.files.config.write_text(CONFIG)
        return [
            *(str(program()), "--config", str(self.files.config)),
            *("--host", "127.0.0.1", "--port", str(self.port)),
            *("--storage-path", str(self.files.storage), "--sync-on-commit"),
            *("--log-file-max", "64MB", "--cache-size", "256M"),
            *("--oplog-max-entries", "100"),  # Nothing reads it.
        ]

    def has_room(self, least: int) -> bool:
        """Whether the storage's disk has so many bytes left, as far as can be told."""
        try:
            disk = os.statvfs(self.files.var_dir)
        except OSError:
            return True
        return disk.f_bavail * disk.f_frsize >= least

    def exit_code(self) -> int | None:
        """Returns None while the server runs."""
        return self._process.poll() if self._process else None

    def works(self) -> bool:
        """Whether the server can read from its storage, in a transaction and in time.

        After a failed write (to a full disk) the server refuses every command until it is
        restarted, but goes on running and replies to `ping`. Such a server is killed here.
        """
        try:
            can_read = self._read_in_transaction()
        except OSError:
            return False
        if not can_read:
            self.kill()
        return can_read

    def _read_in_transaction(self) -> bool:
        """When writers deadlock, the server can neither begin nor end a transaction."""
        self._checks += 1
        transaction = {
            "lsid": {"id": self._check_id},
            "txnNumber": Int64(self._checks),
            "autocommit": False,
        }
        read = {"find": "keeper", "limit": 1, **transaction, "startTransaction": True}
        commit = {"commitTransaction": 1, **transaction}
        return all(wire.command(self.port, c, REPLY_SECONDS)["ok"] for c in (read, commit))

    def kill(self) -> None:
        if self._process:
            self._process.kill()

    def end_sessions(self, sessions: Iterable[bytes]) -> bool:
        """Aborts the sessions' transactions. Returns False if the server didn't do it in time."""
        ids = [{"id": Binary(session, UUID_SUBTYPE)} for session in sessions]
        with suppress(OSError):
            return bool(wire.command(self.port, {"killSessions": ids}, REPLY_SECONDS)["ok"])
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

    def is_storage_locked(self) -> bool:
        """Whether the server ended because another process uses its storage."""
        return "Device or resource busy" in self._output()

    def exit_reason(self) -> str:
        if self.is_storage_locked():
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


def program() -> Path:
    """Returns the server's own program: `secantusd-rs` on the PATH is a Python script.

    It is looked for without importlib.metadata, whose import would delay the server's start.
    """
    for directory in sys.path:
        path = Path(directory) / PROGRAM
        if os.access(path, os.X_OK):
            return path
    raise StartError(MISSING)


def rotate(log: Path) -> None:
    with suppress(FileNotFoundError):
        if log.stat().st_size > LOG_BYTES:
            log.replace(log.with_suffix(".log.1"))
