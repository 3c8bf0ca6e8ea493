"""A worker in a process of its own, beside the server.

It is forked, so it shares the memory of the code that is loaded already. Heavy work in a thread of
the server would slow down its responses.
"""

import gc
import logging
import multiprocessing
import os
import signal
import time
from threading import Event, Thread
from types import TracebackType
from typing import Self

from .worker import STOP_SECONDS, Worker

RESTART_SECONDS = 1.0
KILL_SECONDS = STOP_SECONDS + 2
# Beyond every number that a file descriptor of this process can have.
DESCRIPTORS = 1 << 20

log = logging.getLogger(__name__)
_fork = multiprocessing.get_context("fork")


class WorkerProcess:
    """Keeps a worker running inside a `with` block."""

    def __enter__(self) -> Self:
        gc.collect()
        gc.freeze()  # The garbage collector would otherwise write to the shared memory.
        self._is_stopping = Event()
        self._process = self._started()
        self._keeper = Thread(target=self._keep, name="keeper of the task worker", daemon=True)
        self._keeper.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Gives the worker time to end its task."""
        self._is_stopping.set()
        deadline = time.monotonic() + KILL_SECONDS
        while self._keeper.is_alive():
            is_late = time.monotonic() > deadline
            self._process.kill() if is_late else self._process.terminate()
            self._keeper.join(0.5)

    def _keep(self) -> None:
        self._process.join()
        while not self._is_stopping.wait(RESTART_SECONDS):
            log.error("The task worker has died. Starting another one.")
            self._process = self._started()
            self._process.join()

    def _started(self) -> multiprocessing.context.ForkProcess:
        process = _fork.Process(target=_work, args=[os.getpid()], name="task worker")
        process.start()
        return process


def _work(main_process: int) -> None:
    """Leaves the terminal's process group: only the main process may receive Ctrl-C."""
    os.setpgid(0, 0)
    # A worker that is forked later must not hold the server's socket.
    os.closerange(3, DESCRIPTORS)
    Thread(target=_follow, args=[main_process], daemon=True).start()
    Worker().run()


def _follow(main_process: int) -> None:
    """Ends this process once the main process is gone, even if it was killed."""
    while os.getppid() == main_process:
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(KILL_SECONDS)
    os._exit(1)
