"""A disk that can't be written to, in three ways: 503s, nothing lost, and back by itself."""

import os
import resource
import subprocess
import sys
import time
from contextlib import contextmanager, suppress

import pytest
from pymongo import MongoClient
from pymongo.errors import PyMongoError

from fitness_project.database.embedded.server import STOP_BYTES
from fitness_project.tests.e2e.service import Service, running
from fitness_project.tests.e2e.watch import SUCCESS, Watch
from fitness_project.tests.processes import PATIENCE_SECONDS, wait_until

from .trainees import assert_all_is_kept, trainees_of, training

IS_ROOT = os.geteuid() == 0
DISK = "384m"
MEGABYTE = 2**20
# What the ballast leaves for the service to fill.
LEFT_BYTES = 8 * MEGABYTE
LOG_MEGABYTES = 100
REFUSING_SECONDS = 6
# The contract's bounds, on a loaded machine too.
RESPONSE_SECONDS = 5
BACK_SECONDS = 10
WRITABLE, READ_ONLY = 0o700, 0o500

pytestmark = pytest.mark.timeout(600)


@contextmanager
def mounted(path, *commands):
    for arguments in commands:
        done = subprocess.run(["mount", *arguments], capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.skip(f"can't mount here: {done.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", path], check=True)


@pytest.fixture
def folder(unwritable, tmp_path):
    if unwritable is not full_disk:
        yield tmp_path
    elif IS_ROOT:
        with mounted(tmp_path, ["-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", tmp_path]):
            yield tmp_path
    else:
        pytest.skip("only root may mount a small disk")


# Each leaves the storage unwritable for as long as its block lasts.


@contextmanager
def full_disk(service):
    """The server is stopped before it can use up what is left."""
    ballast = service.var_dir.with_name("ballast")
    with ballast.open("wb", buffering=0) as file:
        while free_bytes(ballast) > STOP_BYTES + LEFT_BYTES:
            file.write(bytes(MEGABYTE))
    fill_log(service)
    yield
    assert "stopping the server" in (service.var_dir / "database.log").read_text()
    ballast.unlink()


def free_bytes(path):
    disk = os.statvfs(path)
    return disk.f_bavail * disk.f_frsize


@contextmanager
def limit_of_file_size(service):
    """For the server, and for each that the keeper starts in its place."""
    keeper = service.pid("keeper")
    soft, hard = resource.prlimit(keeper, resource.RLIMIT_FSIZE)
    for pid in (keeper, service.pid("server")):
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (MEGABYTE, hard))
    fill_log(service)
    yield
    resource.prlimit(keeper, resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def read_only_folder(service):
    """Which the server notices when it has to be started again."""
    with read_only(service.var_dir / "database"):
        service.kill("server")
        yield


@contextmanager
def read_only(path):
    """Permissions alone don't stop root from writing."""
    if IS_ROOT:
        with mounted(path, ["--bind", path, path], ["-o", "remount,bind,ro", path]):
            yield
    else:
        path.chmod(READ_ONLY)
        yield
        path.chmod(WRITABLE)


def fill_log(service):
    """The server takes disk space for its log 64 MB at a time, and none until that is used up."""
    database = MongoClient(
        port=service.database_port,
        directConnection=True,
        retryWrites=False,
        serverSelectionTimeoutMS=10_000,
        socketTimeoutMS=1000 * PATIENCE_SECONDS,
    )
    with database, suppress(PyMongoError):
        for _ in range(LOG_MEGABYTES):
            database.probe.filling.insert_one({"filling": os.urandom(MEGABYTE)})


@pytest.mark.parametrize("unwritable", [full_disk, limit_of_file_size, read_only_folder])
def test_what_cannot_be_written_is_refused_until_it_can(unwritable, folder):
    with running(Service(folder / "var")) as service:
        trainees = trainees_of(service)
        with training(trainees), Watch(service) as watch:
            with unwritable(service):
                wait_until(lambda: watch.refused)
                time.sleep(REFUSING_SECONDS)
            at = time.monotonic()
            watch.wait_for_calm()

        sys.stdout.write(f"refused {len(watch.refused)}, longest response {watch.longest:.2f} s, ")
        sys.stdout.write(f"back after {watch.trouble_after(at):.2f} s; ")
        assert_all_is_kept(trainees)
        assert watch.statuses <= {*SUCCESS, 503}
        assert all(asked.response.headers["Retry-After"] for asked in watch.refused)
        assert watch.statuses_of("/healthz") == {200}
        assert watch.longest < RESPONSE_SECONDS
        assert watch.trouble_after(at) < BACK_SECONDS


def test_a_start_on_a_disk_that_is_almost_full_says_how_much_room_it_needs(tmp_path):
    if not IS_ROOT:
        pytest.skip("only root may mount a small disk")

    with mounted(tmp_path, ["-t", "tmpfs", "-o", "size=96m", "tmpfs", tmp_path]):
        done = Service(tmp_path / "var").manage("migrate")

    assert done.returncode != 0
    assert done.stderr.count("\n") == 1
    assert "160 MB of free space" in done.stderr
