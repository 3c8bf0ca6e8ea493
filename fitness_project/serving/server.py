"""The server process: granian, its limits, and its workers."""

import logging
import multiprocessing
import os
import resource
import threading
import time
from collections.abc import Callable
from typing import Any

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels

# A thread waits while its request's body arrives, for the database, and for password hashing. They
# are started when they are needed, and are many, so that slow clients or a slow database leave some
# of them free.
THREADS = 64
# A client that sends no complete request head for so long is disconnected.
HEADER_SECONDS = 10
HEADER_BYTES = 32 * 1024
STOP_SECONDS = 3
# Of one worker; further clients wait until one of these ends. Idle ones cost a few kilobytes each.
CONNECTIONS = 16_384
OTHER_DESCRIPTORS = 512


def serve(host: str, port: int, workers: int, on_startup: Callable[[], None]) -> None:
    """Serves until the process is told to stop."""
    logging.getLogger("_granian").addFilter(_is_no_advice)
    server = Granian(
        "fitness_project.serving.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=THREADS,
        backpressure=_allow_connections(),
        # Where HTTP/2 is possible too, the server waits for the first byte for ever.
        http=HTTPModes.http1,
        websockets=False,
        http1_settings=HTTP1Settings(
            header_read_timeout=HEADER_SECONDS * 1000, max_buffer_size=HEADER_BYTES
        ),
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_SECONDS,
    )
    server.on_startup(on_startup)
    server.serve(target_loader=load_application)


def _is_no_advice(record: logging.LogRecord) -> bool:
    """Granian advises against so many THREADS, which are meant."""
    return not record.msg.startswith("Configuration allows spawning")


def _allow_connections() -> int:
    """As many as the system permits: a worker without free descriptors accepts nobody any more."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    descriptors = max(soft, min(CONNECTIONS + OTHER_DESCRIPTORS, hard))
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (descriptors, hard))
    except (OSError, ValueError):  # On macOS, the kernel's own limit may be lower than `hard`.
        descriptors = soft
    return max(1, min(CONNECTIONS, descriptors - OTHER_DESCRIPTORS))


def load_application(*_: Any) -> Callable[..., Any]:
    """Runs in a worker, which ends with the process that started it, even if that is killed.

    A terminal's Ctrl-C is for that process alone. A worker that got it as well as the order to stop
    could hang.
    """
    os.setpgid(0, 0)
    threading.Thread(target=_follow_main_process, daemon=True).start()
    from .wsgi import application

    return application


def _follow_main_process() -> None:
    """Even if that ended before this was called, and another process is the parent now."""
    main = multiprocessing.parent_process()
    while main is not None and os.getppid() == main.pid:
        time.sleep(1)
    os._exit(1)
