"""The embedded database as its users know it: processes that come, go and are killed."""

import fcntl
import os
import signal
import stat
import subprocess
import sys
import time

import pytest

from fitness_project.database.embedded import lease, wire
from fitness_project.database.embedded.base import DatabaseWrapper
from fitness_project.database.embedded.files import Files
from fitness_project.database.embedded.server import Server

from .conftest import PROJECT, is_alive, run_python, wait_until

ACQUIRE = """
import sys
from pathlib import Path
from fitness_project.database.embedded import lease
try:
    lease.acquire(Path(sys.argv[1]))
except lease.EmbeddedDatabaseError as error:
    print(error)
"""

FORK = """
import os, sys
from django.conf import settings
settings.configure(DATABASES={"default": {
    "ENGINE": "fitness_project.database.embedded", "NAME": "gym", "VAR_DIR": sys.argv[1],
}})
from django.db import connection
from fitness_project.database.embedded import lease
connection.database["log"].insert_one({})
if os.fork() == 0:
    print(len(lease._leases), connection.database["log"].count_documents({}), len(lease._leases))
    sys.stdout.flush()
    os._exit(0)
os.wait()
"""


def assert_one_line(told, *parts):
    assert told.endswith("\n")
    assert told.count("\n") == 1
    for part in parts:
        assert part in told


def test_two_processes_share_one_database(place):
    ann, bob = place.user(), place.user()

    ann.does("gym.insert_one({'_id': 1}).acknowledged")

    assert bob.does("gym.count_documents({})") == 1
    assert ann.uri == bob.uri


def test_processes_that_start_at_once_share_one_database(place):
    together = [
        subprocess.Popen(
            [
                sys.executable,
                "-c",
                ACQUIRE + "print(lease._leases.popitem()[1].port)",
                place.files.var_dir,
            ],
            cwd=PROJECT,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(5)
    ]

    told = {process.communicate(timeout=20)[0] for process in together}

    assert len(told) == 1


def test_acquiring_again_is_the_same_lease(place):
    ann = place.user()

    again = ann.does("lease.acquire(var_dir)")

    assert again == ann.uri


def test_nothing_runs_after_the_last_user(place):
    ann, bob = place.user(), place.user()
    keeper, server = place.pid("keeper"), place.pid("server")

    ann.leaves()
    assert bob.does("client.admin.command('ping')['ok']") == 1
    bob.leaves()

    wait_until(lambda: not is_alive(keeper), seconds=2)
    assert not is_alive(server)


def test_releasing_waits_until_nothing_runs(place):
    ann = place.user()
    server = place.pid("server")

    ann.does("lease.release(var_dir)")

    assert not is_alive(server)


def test_it_is_in_the_same_place_with_the_same_data_the_next_time(place):
    ann = place.user()
    ann.does("gym.insert_one({'_id': 1}).acknowledged")
    ann.leaves()

    bob = place.user()

    assert bob.uri == ann.uri
    assert bob.does("gym.count_documents({})") == 1


def test_a_user_may_come_while_the_last_one_leaves(place):
    ann = place.user()
    ann.process.stdin.close()

    bob = place.user()

    assert bob.does("client.admin.command('ping')['ok']") == 1


def test_a_killed_server_is_back_on_its_port_with_every_acknowledged_write(place):
    ann = place.user()
    ann.does("len([gym.insert_one({'_id': number}) for number in range(200)])")

    place.kill("server")

    wait_until(lambda: ann.does("gym.count_documents({})") == 200)
    assert ann.uri.startswith(f"mongodb://127.0.0.1:{place.state()['port']}/")


def test_a_killed_keeper_is_replaced_and_its_users_go_on(place):
    ann, bob = place.user(), place.user()
    ann.does("gym.insert_one({'_id': 1}).acknowledged")
    killed = place.pid("keeper")

    place.kill("keeper")

    wait_until(lambda: place.pid("keeper") != killed)
    wait_until(lambda: bob.does("gym.count_documents({})") == 1)
    assert ann.does("uri == lease.acquire(var_dir)")


def test_a_server_dies_with_its_keeper(place):
    place.user()
    killed, server = place.pid("keeper"), place.pid("server")

    place.kill("keeper")

    wait_until(lambda: not is_alive(server), seconds=5)
    wait_until(lambda: place.pid("keeper") != killed)


def test_a_keeper_that_is_asked_to_stop_leaves_nothing(place):
    ann = place.user()
    keeper, server = place.pid("keeper"), place.pid("server")
    ann.does("lease._leases.popitem()[1].given_back.set()")

    os.kill(keeper, signal.SIGTERM)

    wait_until(lambda: not is_alive(keeper), seconds=5)
    assert not is_alive(server)


def test_what_a_killed_process_held_in_a_transaction_is_free_again(place):
    ann, bob = place.user(), place.user()
    bob.does("gym.insert_one({'_id': 1, 'sets': 0}).acknowledged")
    ann.does("(session := client.start_session()).start_transaction() and None")
    ann.does("gym.update_one({'_id': 1}, {'$set': {'sets': 9}}, session=session).modified_count")

    ann.is_killed()
    started = time.monotonic()
    bob.does("gym.update_one({'_id': 1}, {'$inc': {'sets': 1}}).modified_count")

    assert time.monotonic() - started < 5
    assert bob.does("gym.find_one()['sets']") == 1


def test_a_killed_process_disturbs_nobody_elses_transaction(place):
    ann, bob = place.user(), place.user()
    bob.does("gym.insert_many([{'_id': 1}, {'_id': 2}]).acknowledged")
    for number, user in enumerate((ann, bob), start=1):
        user.does("(session := client.start_session()).start_transaction() and None")
        user.does(f"gym.delete_one({{'_id': {number}}}, session=session).deleted_count")

    ann.is_killed()
    bob.does("gym.update_one({'_id': 1}, {'$set': {'sets': 3}}).modified_count")

    assert bob.does("session.commit_transaction()") is None
    assert bob.does("gym.find().to_list()") == [{"_id": 1, "sets": 3}]


def test_ending_as_one_should_disturbs_nobodys_transaction(place):
    ann, bob = place.user(), place.user()
    bob.does("(session := client.start_session()).start_transaction() and None")
    bob.does("gym.insert_one({'_id': 1}, session=session).acknowledged")

    ann.leaves()

    assert bob.does("session.commit_transaction()") is None
    assert bob.does("gym.count_documents({})") == 1


def test_a_forked_child_neither_ends_nor_holds_its_parents_lease(place):
    ann = place.user()
    keeper = place.pid("keeper")
    child = ann.does("os.fork() or (__import__('time').sleep(60), os._exit(0))")

    try:
        assert is_alive(keeper)
        ann.is_killed()
        wait_until(lambda: not is_alive(keeper), seconds=5)
    finally:
        os.kill(child, signal.SIGKILL)


def test_a_forked_child_that_needs_the_database_takes_a_lease_of_its_own(tmp_path):
    """With one of its parent's connections it would lose the server with its parent."""
    child = run_python(FORK, tmp_path)

    assert child.stdout == "0 1 1\n"


def test_a_terminals_ctrl_c_is_not_for_the_keeper(place):
    ann = place.user()

    keepers_session = os.getsid(place.pid("keeper"))

    assert keepers_session != os.getsid(ann.process.pid)
    assert keepers_session == os.getsid(place.pid("server"))


def test_what_it_keeps_is_its_owners_alone(place):
    place.user()

    modes = [path.stat().st_mode for path in place.files.var_dir.rglob("*")]

    assert not any(stat.S_IMODE(mode) & 0o077 for mode in modes)


def test_a_long_log_is_put_aside(place):
    place.files.var_dir.mkdir()
    with place.files.log.open("wb") as log:
        log.truncate(11_000_000)

    place.user()

    assert place.files.log.stat().st_size < 10_000
    assert place.files.log.with_suffix(".log.1").stat().st_size == 11_000_000


def test_a_server_that_refuses_to_read_is_killed_and_so_started_again(tmp_path, monkeypatch):
    server = Server(Files(tmp_path), port=0)
    server._process = subprocess.Popen(["sleep", "60"])
    monkeypatch.setattr(wire, "command", lambda *_: {"ok": 0.0, "errmsg": "WT_PANIC"})

    assert not server.works()

    assert server._process.wait(5) == -signal.SIGKILL


def test_a_folder_below_a_file_is_refused_in_one_line(tmp_path):
    (tmp_path / "file").touch()

    told = run_python(ACQUIRE, tmp_path / "file" / "var").stdout

    assert_one_line(told, "can't use VAR_DIR", "Not a directory")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_folder_is_refused_in_one_line(tmp_path):
    tmp_path.chmod(0o500)

    told = run_python(ACQUIRE, tmp_path).stdout

    assert_one_line(told, "can't use VAR_DIR", "Permission denied")


def test_a_file_in_the_storages_place_is_refused_in_one_line(tmp_path):
    Files(tmp_path).storage.touch()

    told = run_python(ACQUIRE, tmp_path).stdout

    assert_one_line(told, "can't start", "File exists")


def test_storage_that_another_server_uses_is_refused_in_one_line(tmp_path):
    server = Server(Files(tmp_path), port=0)
    server.start()
    wait_until(lambda: (server.files.storage / "WiredTiger.wt").exists())

    told = run_python(ACQUIRE, tmp_path).stdout

    server.stop()
    assert_one_line(told, "another process uses", str(server.files.storage))


def test_a_keeper_that_does_not_get_the_lock_says_so_in_one_line(tmp_path):
    impatient = "import sys; from fitness_project.database.embedded import keeper;"
    impatient += "keeper.LOCK_PATIENCE = 0.1; sys.exit(keeper.main(sys.argv[1:]))"
    with Files(tmp_path).lock.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)

        keeper = run_python(impatient, tmp_path)

    assert keeper.returncode == 1
    assert_one_line(keeper.stderr, "another keeper holds")


def test_a_missing_server_is_told_in_one_line(tmp_path):
    uninstalled = "import sys; from fitness_project.database.embedded import keeper, server;"
    uninstalled += "server.PACKAGE = 'no-such-package'; sys.exit(keeper.main(sys.argv[1:]))"

    keeper = run_python(uninstalled, tmp_path)

    assert keeper.returncode == 1
    assert_one_line(keeper.stderr, "-r requirements-embedded.txt", "MONGODB_URI")


def test_django_starts_nothing_before_it_connects(tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr(
        lease, "acquire", lambda var_dir, patience: asked.append(var_dir) or "mongodb://x"
    )
    monkeypatch.setattr(DatabaseWrapper, "_connection_pools", {})
    settings = {"NAME": "gym", "HOST": "", "OPTIONS": {"appname": "gym"}, "VAR_DIR": tmp_path}

    wrapper = DatabaseWrapper(settings)
    parameters = wrapper.get_connection_params()

    assert asked == []
    with wrapper.get_new_connection(parameters):
        assert asked == [tmp_path]


def test_the_disk_does_not_hold_all_that_was_ever_written(place):
    ann, storage = place.user(), place.files.storage
    ann.does("gym.insert_one({'_id': 1}).acknowledged")
    change = "gym.update_one({'_id': 1}, {'$set': {'x': os.urandom(60_000)}}).modified_count"
    first = storage / "WiredTigerLog.0000000001"
    assert first.exists()

    # Its journal's files are of 64 MB, and these changes fill five.
    assert ann.does(f"sum({change} for _ in range(3_000))") == 3_000

    wait_until(lambda: not first.exists())
