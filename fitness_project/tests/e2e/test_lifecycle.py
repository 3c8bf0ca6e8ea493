"""Starting, stopping, and sharing the database with other commands."""

import http.client
import sys
from contextlib import closing, contextmanager
from urllib.request import urlopen

import pytest

from fitness_project.tests.processes import wait_until

from .client import PASSWORD
from .connections import EXPECT_CONTINUE, begin, opening
from .service import Service, free_port, running

pytestmark = pytest.mark.timeout(600)

STOPPING = {"ctrl-c": Service.interrupt, "sigterm": Service.terminate}
# Much less than SHUTDOWN_SECONDS, on a loaded machine too.
STOPPED_SECONDS = 10


def assert_fails_in_one_line(result, *parts):
    assert result.returncode != 0
    assert result.stderr.count("\n") == 1, result.stderr
    for part in parts:
        assert part in result.stderr


# Starting


def test_a_second_start_finds_everything_done(own_service):
    ann = own_service.register("ann@example.com")
    own_service.stop()
    first = own_service.log.read_text()

    seconds = own_service.start()

    second = own_service.log.read_text().removeprefix(first)
    sys.stdout.write(f"second start: {seconds:.2f} s\n")
    for work in ("Migrating the database", "Importing exercises"):
        assert work in first
        assert work not in second
    assert own_service.sign_in("ann@example.com").user == ann.user


def test_a_taken_port_is_an_error_of_one_line(service, tmp_path):
    result = Service(tmp_path / "var", port=service.port).manage("serve")

    assert_fails_in_one_line(result, f"Can't listen on 127.0.0.1:{service.port}", "PORT")


def test_a_file_in_place_of_the_folder_is_an_error_of_one_line(tmp_path):
    (tmp_path / "file").touch()

    for var_dir in (tmp_path / "file", tmp_path / "file" / "var"):
        result = Service(var_dir).manage("serve")

        assert_fails_in_one_line(result, "VAR_DIR", str(tmp_path / "file"))


def test_a_mongodb_without_a_secret_key_is_an_error_of_one_line(tmp_path):
    result = Service(tmp_path / "var", MONGODB_URI="mongodb://127.0.0.1:1").manage("serve")

    assert_fails_in_one_line(result, "SECRET_KEY must be set")
    assert not (tmp_path / "var").exists()


def test_an_unreachable_mongodb_is_an_error_of_one_line(tmp_path):
    nowhere = f"mongodb://127.0.0.1:{free_port()}/?replicaSet=rs0"

    result = Service(tmp_path / "var", MONGODB_URI=nowhere, SECRET_KEY="k" * 32).manage("serve")

    assert_fails_in_one_line(result, "The database can't be reached")


def test_of_two_that_start_at_once_one_waits_and_both_come_up(tmp_path):
    first, second = (Service(tmp_path / "var", log=f"{n}.log") for n in ("first", "second"))
    try:
        first.launch()
        second.start()
        wait_until(lambda: first.call("GET", "/readyz").status == 200)
    finally:
        first.clear()
        second.clear()

    logs = [first.log.read_text(), second.log.read_text()]
    assert sum("Importing exercises" in log for log in logs) == 1
    assert any("Waiting until it is done" in log for log in logs)


# Stopping


@pytest.mark.parametrize("how", STOPPING)
def test_it_stops_soon_and_leaves_nothing(own_service, how):
    assert len(own_service.pids()) >= 5

    seconds = own_service.stop(STOPPING[how])

    sys.stdout.write(f"stop by {how}: {seconds:.2f} s\n")
    assert seconds < STOPPED_SECONDS
    assert own_service.process.returncode == 0
    assert "Traceback" not in own_service.log.read_text()


def test_an_idle_client_does_not_hold_up_the_end(own_service):
    with idle_client(own_service):
        seconds = own_service.stop()

    sys.stdout.write(f"stop with an idle client: {seconds:.2f} s\n")
    assert seconds < STOPPED_SECONDS


def test_a_request_that_never_ends_is_cut_off(tmp_path):
    with running(Service(tmp_path / "var", SHUTDOWN_SECONDS="3")) as service:
        with unfinished_request(service):
            seconds = service.stop()

        assert 3 <= seconds < STOPPED_SECONDS
        assert "they took longer than SHUTDOWN_SECONDS" in service.log.read_text()


@contextmanager
def idle_client(service):
    with closing(http.client.HTTPConnection("127.0.0.1", service.port)) as connection:
        connection.request("GET", "/healthz")
        assert connection.getresponse().read()
        yield


@contextmanager
def unfinished_request(service):
    head = b"POST /api/auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n"
    with opening(service) as connection:
        begin(connection, head + EXPECT_CONTINUE + b"\r\n\r\n")
        connection.sendall(b"{")
        yield


def test_ctrl_c_during_the_start_leaves_nothing_and_no_traceback(tmp_path):
    service = Service(tmp_path / "var")
    try:
        service.launch()
        wait_until(lambda: service.pid("server"))
        seconds = service.stop()
    finally:
        service.clear()

    assert seconds < STOPPED_SECONDS
    assert "Traceback" not in service.log.read_text()


# Sharing


def test_only_serving_and_migrating_migrate(tmp_path):
    service = Service(tmp_path / "var")
    staff = ("createsuperuser", "--noinput", "--email", "staff@example.com")
    secret = {"DJANGO_SUPERUSER_PASSWORD": PASSWORD}

    for command in (staff, ["import_exercises"], ["serve", "--no-migrate"]):
        assert_fails_in_one_line(service.manage(*command, **secret), "manage.py migrate")
    assert service.manage("migrate").returncode == 0
    created = service.manage(*staff, **secret)

    assert str(tmp_path) in created.stdout
    assert created.returncode == 0
    with running(service, "--no-migrate"):
        client = service.sign_in("staff@example.com")
        assert client.call("GET", "/api/exercises").json["results"] == []


def test_the_welcome_says_where_a_staff_user_goes(own_service):
    assert f"VAR_DIR={own_service.var_dir} .venv/bin/python manage.py createsuperuser" in (
        own_service.log.read_text()
    )


def test_the_admin_has_its_style(service):
    with urlopen(f"{service.url}/static/admin/css/base.css") as style:
        assert style.headers["Content-Type"].startswith("text/css")


def test_commands_share_the_database_of_the_running_service(service):
    service.register("shared@example.com")
    before = service.pids()
    count = "from accounts.models import User; "
    count += "print(User.objects.filter(email='shared@example.com').count())"

    counted = service.manage("shell", "--no-imports", "-c", count)
    checked = service.manage("check", "--database", "default")
    listed = service.manage("showmigrations")

    assert counted.stdout == "1\n"
    assert checked.returncode == listed.returncode == 0
    assert "[ ]" not in listed.stdout
    assert service.pids() == before
    assert service.call("GET", "/readyz").status == 200
