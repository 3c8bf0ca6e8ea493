"""What processes use: CPU time, to the microsecond if the system offers that, and memory."""

import ctypes
import time
from collections.abc import Iterable

import psutil

CpuTimes = dict[int, float]
"""Seconds used so far, by process id."""


def cpu_times(processes: Iterable[psutil.Process]) -> CpuTimes:
    return {process.pid: _cpu_seconds(process) for process in processes}


def cpu_spent(before: CpuTimes, after: CpuTimes) -> float:
    """In seconds. Ends the run if a process ended or started, since what it used is unknown."""
    if before.keys() != after.keys():
        raise SystemExit(f"The processes changed during a measurement: {[*before]}, now {[*after]}")
    return sum(after.values()) - sum(before.values())


def proportional_mb(processes: Iterable[psutil.Process]) -> float:
    """PSS: memory that several processes share is divided between them."""
    return sum(process.memory_full_info().pss for process in processes) / 2**20


def resident_mb(processes: Iterable[psutil.Process]) -> float:
    return sum(process.memory_info().rss for process in processes) / 2**20


def _cpu_seconds(process: psutil.Process) -> float:
    """Of all its threads, including those that have ended."""
    if (clock := _cpu_clock(process.pid)) is not None:
        return time.clock_gettime(clock)
    times = process.cpu_times()  # In hundredths of a second.
    return times.user + times.system


def _cpu_clock(pid: int) -> int | None:
    """POSIX's clock for a process, which counts nanoseconds on Linux; macOS has none."""
    clock = ctypes.c_int()
    try:
        failed = ctypes.CDLL(None).clock_getcpuclockid(pid, ctypes.byref(clock))
    except AttributeError:
        return None
    return None if failed else clock.value
