"""install.py: one command at a time, and nothing half made is taken for whole."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import install

PROJECT = Path(install.__file__).resolve().parent
HOLDER = """
import install
with install.exclusive_lock():
    print("held", flush=True)
    input()
"""


class Recorder(install.Installer):
    """Records what pip and uv would be asked to do."""

    def __init__(self, fails=False):
        self.calls = []
        self.fails = fails

    def make_venv(self):
        self.calls.append("make")
        install.PYTHON.parent.mkdir(parents=True, exist_ok=True)
        install.PYTHON.touch()

    def install(self, files):
        self.calls.append(files[-1])
        if self.fails:
            raise KeyboardInterrupt


@pytest.fixture(autouse=True)
def _in_an_empty_project(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for file in install.FILES["dev"]:
        Path(file).write_text("django==5.2.19\n")


def installed(task, **options) -> list[str]:
    recorder = Recorder(**options)
    install.update(recorder, task)
    return recorder.calls


def lock_holder() -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-c", HOLDER],
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_a_command_installs_only_what_it_needs():
    assert installed("run") == ["make", "requirements-embedded.txt"]
    assert install.is_current("run")
    assert not install.is_current("dev")


def test_the_developers_tools_come_beside_what_is_there():
    installed("run")

    assert installed("dev") == ["requirements-dev.txt"]
    assert install.is_current("dev")


def test_an_update_for_serving_keeps_the_developers_tools():
    installed("dev")
    Path("requirements.txt").write_text("django==5.2.20\n")
    assert not install.is_current("run")

    assert installed("run") == ["requirements-dev.txt"]
    assert install.is_current("dev")


def test_what_was_interrupted_is_made_from_nothing():
    installed("run")
    with pytest.raises(KeyboardInterrupt):
        installed("dev", fails=True)

    assert not install.is_current("run")
    assert installed("run") == ["make", "requirements-embedded.txt"]


def test_what_lost_its_python_is_made_from_nothing():
    installed("run")
    install.PYTHON.unlink()

    assert not install.is_current("run")
    assert installed("run")[0] == "make"


def test_a_second_command_says_that_it_waits():
    with lock_holder() as first:
        assert first.stdout.readline() == "held\n"
        second = lock_holder()
        assert second.stdout.readline() == "Waiting for another command that sets up .venv\n"

        first.communicate("\n")
        assert second.stdout.readline() == "held\n"
        second.communicate("\n")


def test_uv_is_told_what_pip_is_configured_with():
    settings = install.parse_pip_settings(
        "\n".join(
            [
                ":env:.index-url='https://three.example/simple'",
                "global.cert='/etc/a certificate.pem'",
                "global.extra-index-url='\\nhttps://four.example/simple\\nhttps://five.example'",
                "global.find-links='/wheels /more'",
                "global.index-url='https://one.example/simple'",
                "install.index-url='https://two.example/simple'",
                "list.format='json'",
            ]
        )
    )

    assert install.uv_environment(settings) == {
        "UV_DEFAULT_INDEX": "https://three.example/simple",
        "UV_FIND_LINKS": "/wheels,/more",
        "UV_INDEX": "https://four.example/simple https://five.example",
        "UV_INDEX_STRATEGY": "unsafe-best-match",
        "SSL_CERT_FILE": "/etc/a certificate.pem",
    }


@pytest.mark.parametrize(
    ("listing", "options"), [("", []), ("global.no-index='1'", ["--no-index"])]
)
def test_uv_asks_no_index_where_pip_may_not(listing, options):
    settings = install.parse_pip_settings(listing)

    assert install.index_options(settings) == options
