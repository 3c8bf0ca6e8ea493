"""The processes that tests start, kill and wait for."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

# How long a test waits for what must happen. No promise of the service: a loaded machine is slow,
# and a long wait costs nothing where the condition is fulfilled early.
PATIENCE_SECONDS = 60
POLL_SECONDS = 0.05


def wait_until(is_fulfilled: Callable[[], object], seconds: float = PATIENCE_SECONDS) -> None:
    """Returns once the condition is fulfilled. While it raises an exception, it isn't."""
    deadline = time.monotonic() + seconds
    while True:
        error = None
        try:
            if is_fulfilled():
                return
        except Exception as raised:  # noqa: BLE001 - reported if it is the last one
            error = raised
        if time.monotonic() > deadline:
            raise AssertionError(f"not fulfilled within {seconds} s") from error
        time.sleep(POLL_SECONDS)


def is_alive(pid: int) -> bool:
    """Whether it still runs: a zombie doesn't."""
    try:
        os.kill(pid, 0)
        return sys.platform != "linux" or ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False


def have_ended(pids: Iterable[int]) -> bool:
    return not any(map(is_alive, pids))


def kill_all(pids: Iterable[int]) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


class Process(NamedTuple):
    """`text` is its command line and its environment."""

    pid: int
    parent: int
    text: str


def processes(mentioning: str = "") -> list[Process]:
    """All processes that this user may inspect, or those whose `text` mentions something."""
    return [found for found in _all_processes() if mentioning in found.text]


def children(pid: int) -> set[int]:
    return {found.pid for found in processes() if found.parent == pid}


def _all_processes() -> Iterable[Process]:
    if sys.platform == "linux":
        return (found for path in Path("/proc").glob("[0-9]*") if (found := _process(path)))
    listing = subprocess.check_output(["ps", "-AEww", "-o", "pid=,ppid=,command="], text=True)
    columns = (line.split(None, 2) for line in listing.splitlines())
    return (Process(int(pid), int(parent), text) for pid, parent, text in columns)


def _process(path: Path) -> Process | None:
    with suppress(OSError):
        parent = (path / "stat").read_text().rpartition(")")[2].split()[1]
        text = (path / "cmdline").read_bytes() + (path / "environ").read_bytes()
        if text:  # A zombie has none.
            return Process(int(path.name), int(parent), text.decode(errors="replace"))
    return None
