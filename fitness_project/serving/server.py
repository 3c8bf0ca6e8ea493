"""Runs the server, granian, with its limits and its workers."""

import logging
import multiprocessing
import os
import resource
import threading
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from granian import Granian, _signals
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels

from .stopping import Handler, gently

# Threads wait for bodies, for the database and for password hashing. There are enough of them for
# some to stay free when clients or the database are slow. They are started on demand.
THREADS = 64
# A client that hasn't sent a complete request head by then is disconnected.
HEADER_SECONDS = 10
HEADER_BYTES = 32 * 1024
# Per worker. Further clients wait for one of these to close. An idle one takes a few kilobytes.
CONNECTIONS = 16_384
OTHER_DESCRIPTORS = 512


def serve(host: str, port: int, workers: int, on_startup: Callable[[], None]) -> None:
    """Serves until a signal stops the process."""
    logging.getLogger("_granian").addFilter(_in_our_words)
    server = Granian(
        "fitness_project.serving.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=THREADS,
        backpressure=_allow_connections(),
        # If it accepted HTTP/2 too, the server would wait forever for a connection's first byte.
        http=HTTPModes.http1,
        websockets=False,
        http1_settings=HTTP1Settings(
            header_read_timeout=HEADER_SECONDS * 1000, max_buffer_size=HEADER_BYTES
        ),
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        workers_kill_timeout=settings.SHUTDOWN_SECONDS,
    )
    server.on_startup(on_startup)
    server.serve(target_loader=load_application)


def _in_our_words(record: logging.LogRecord) -> bool:
    """Rewrites granian's messages, or drops them."""
    if record.msg.startswith("Killing "):
        record.msg = "Requests were cut off, because they took longer than SHUTDOWN_SECONDS."
    # granian advises against so many THREADS, which are intended.
    return not record.msg.startswith("Configuration allows spawning")


def _allow_connections() -> int:
    """Returns how many connections the system permits, at most CONNECTIONS.

    A worker that runs out of file descriptors stops accepting connections.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    descriptors = max(soft, min(CONNECTIONS + OTHER_DESCRIPTORS, hard))
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (descriptors, hard))
    except (OSError, ValueError):  # On macOS, the kernel's own limit may be lower.
        descriptors = soft
    return max(1, min(CONNECTIONS, descriptors - OTHER_DESCRIPTORS))


def load_application(*_: Any) -> Callable[..., Any]:
    """Loads the application in a worker, which then ends when the main process does.

    The worker leaves the terminal's process group, because only the main process may receive
    Ctrl-C: a worker that receives both Ctrl-C and the main process's signal to stop could hang.
    """
    os.setpgid(0, 0)
    _stop_gently()
    threading.Thread(target=_follow_main_process, daemon=True).start()
    from .wsgi import application

    return application


def _stop_gently() -> None:
    """granian sets its signal handlers only after it has loaded the application."""
    set_handlers = _signals.set_main_signals

    def set_gentle_handlers(stop: Handler, *rest: Any) -> None:
        set_handlers(gently(stop), *rest)

    _signals.set_main_signals = set_gentle_handlers


def _follow_main_process() -> None:
    """Ends this worker once the main process is gone, even if it was killed."""
    main = multiprocessing.parent_process()
    while main is not None and os.getppid() == main.pid:
        time.sleep(1)
    os._exit(1)
