"""Creates `.venv` and keeps it up to date: `python install.py run`, `dev` or `lock`.

`run` installs what the service needs, and `dev` the developers' tools as well. `lock` pins the
newest releases that `requirements*.in` allow.
"""

import ast
import fcntl
import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from importlib import metadata
from pathlib import Path

UV = "uv==0.13.9"
VENV = Path(".venv")
LOCK = Path(".venv.lock")
PYTHON = VENV / "bin/python"
PROGRAM = VENV / "bin/uv"
RUN = ("requirements.txt", "requirements-embedded.txt")
FILES = {"run": RUN, "dev": (*RUN, "requirements-dev.txt")}
SOURCES = ("requirements.in", "requirements-dev.in")
# The first pip that can install into another Python's environment.
FIRST_PIP = (22, 3)
QUIET = ("--quiet", "--disable-pip-version-check")

# For each of pip's settings, the variable that has the same effect on uv, and the separator of its
# values.
VARIABLES = {
    "index-url": ("UV_DEFAULT_INDEX", " "),
    "extra-index-url": ("UV_INDEX", " "),
    "find-links": ("UV_FIND_LINKS", ","),
    "constraint": ("UV_CONSTRAINT", " "),
    "trusted-host": ("UV_INSECURE_HOST", " "),
    "timeout": ("UV_HTTP_TIMEOUT", " "),
    "default-timeout": ("UV_HTTP_TIMEOUT", " "),
    "proxy": ("ALL_PROXY", " "),
    "cert": ("SSL_CERT_FILE", None),
    "client-cert": ("SSL_CLIENT_CERT", None),
}
SECTIONS = ("global", "install", ":env:")  # Later sections take precedence.


class Installer:
    """Runs pip and uv. They inherit the lock, since they may outlive this process."""

    def __init__(self, lock: int):
        self.lock = lock
        self.has_pip = _has_pip()

    def make_venv(self) -> None:
        say(f"Setting up {VENV}: this happens once, and again when the requirements change")
        options = ["--without-pip"] if self.has_pip else []
        if self._run(sys.executable, "-m", "venv", "--clear", *options, VENV):
            sys.exit(f"error: {sys.executable} can't create virtual environments")

    def install(self, files: tuple[str, ...]) -> None:
        """The files list all dependencies, so none need to be resolved."""
        # If Python writes no bytecode, every start would compile every module.
        bytecode = ["--compile-bytecode"] if sys.dont_write_bytecode else []
        if self._get_uv() and not self._uv("sync", *bytecode, *files):
            return
        say("uv can't install the requirements here. Using pip, which takes longer")
        sources = [option for file in files for option in ("-r", file)]
        if self._pip_install("--no-deps", *sources):
            sys.exit("error: the requirements can't be installed (see pip's message above)")

    def lock_versions(self, source: str) -> None:
        target = Path(source).with_suffix(".txt")
        options = ["--no-header", "--universal", "--python-version", "3.11"]
        if self._uv("compile", "--upgrade", *options, source, "--output-file", target):
            sys.exit(f"error: {target} can't be written (see uv's message above)")

    def _get_uv(self) -> bool:
        if not _has_uv():
            self._pip_install("--no-compile", UV, is_silent=True)
        return _has_uv()

    def _uv(self, task: str, *arguments: str | Path) -> int:
        settings = self._pip_settings()
        options = [*_cache_options(), *index_options(settings)]
        environment = uv_environment(settings) | os.environ
        command = (PROGRAM, "pip", task, "--quiet", "--python", PYTHON, *options, *arguments)
        return self._run(*command, env=environment)

    def _pip_settings(self) -> dict[str, str]:
        python = sys.executable if self.has_pip else PYTHON
        return parse_pip_settings(_output(python, "-m", "pip", "config", "list"))

    def _pip_install(self, *arguments: str, is_silent: bool = False) -> int:
        venv_pip = (PYTHON, "-m", "pip")
        pip = (sys.executable, "-m", "pip", "--python", PYTHON) if self.has_pip else venv_pip
        return self._run(*pip, "install", *QUIET, *arguments, capture_output=is_silent)

    def _run(
        self,
        *command: str | Path,
        env: Mapping[str, str] | None = None,
        capture_output: bool = False,
    ) -> int:
        return subprocess.run(
            command, env=env, capture_output=capture_output, pass_fds=[self.lock]
        ).returncode


def main(task: str) -> None:
    with exclusive_lock() as lock:
        installer = Installer(lock)
        if task == "lock":
            for source in SOURCES:
                installer.lock_versions(source)
        elif is_current(task):
            stamp(task).touch()
        else:
            update(installer, task)


def update(installer: Installer, task: str) -> None:
    """Without a stamp, `.venv` may be incomplete after an interruption, and is created again."""
    is_complete = PYTHON.exists() and any(stamp(kind).exists() for kind in FILES)
    kinds = ["run", "dev"] if "dev" in (task, *_installed()) else ["run"]
    if not is_complete:
        installer.make_venv()
    for kind in FILES:
        stamp(kind).unlink(missing_ok=True)
    installer.install(FILES[kinds[-1]])
    for kind in kinds:
        stamp(kind).write_text(digest(kind))


def _installed() -> list[str]:
    return [kind for kind in FILES if stamp(kind).exists()]


def is_current(kind: str) -> bool:
    """Compares contents: another `make` may have just finished, and a checkout changes times."""
    with suppress(OSError):
        return PYTHON.exists() and stamp(kind).read_text() == digest(kind)
    return False


def stamp(kind: str) -> Path:
    return VENV / f"ready-{kind}"


def digest(kind: str) -> str:
    """It changes with the requirements, and with how they are installed."""
    files = (__file__, *FILES[kind])
    return hashlib.sha256(b"".join(Path(file).read_bytes() for file in files)).hexdigest()


@contextmanager
def exclusive_lock() -> Iterator[int]:
    with LOCK.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"Waiting for another command that sets up {VENV}")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield file.fileno()


def say(line: str) -> None:
    print(line, flush=True)


def parse_pip_settings(listing: str) -> dict[str, str]:
    """Parses the output of `pip config list`, lines such as global.index-url='…'."""
    found: dict[str, dict[str, str]] = {section: {} for section in SECTIONS}
    for line in listing.splitlines():
        key, _, value = line.partition("=")
        section, _, name = key.rpartition(".")
        if section in found:
            found[section][name] = ast.literal_eval(value)
    return {name: value for section in SECTIONS for name, value in found[section].items()}


def uv_environment(settings: dict[str, str]) -> dict[str, str]:
    """Like pip, uv takes the best release that any index has."""
    environment = {"UV_INDEX_STRATEGY": "unsafe-best-match"}
    for name, value in settings.items():
        if name in VARIABLES:
            variable, separator = VARIABLES[name]
            environment[variable] = separator.join(value.split()) if separator else value
    return environment


def index_options(settings: dict[str, str]) -> list[str]:
    is_set = settings.get("no-index", "").lower() in ("1", "true", "yes", "on")
    return ["--no-index"] if is_set else []


def _cache_options() -> list[str]:
    """Uses no cache if its directory, in the user's home, isn't writable."""
    with suppress(OSError):
        cache = Path(_output(PROGRAM, "cache", "dir").strip())
        cache.mkdir(parents=True, exist_ok=True)
        if os.access(cache, os.W_OK):
            return []
    return ["--no-cache"]


def _has_uv() -> bool:
    with suppress(OSError):
        return _output(PROGRAM, "--version").split()[:2] == UV.split("==")
    return False


def _has_pip() -> bool:
    with suppress(metadata.PackageNotFoundError, ValueError):
        major, minor = metadata.version("pip").split(".")[:2]
        return (int(major), int(minor)) >= FIRST_PIP
    return False


def _output(*command: str | Path) -> str:
    return subprocess.run(command, capture_output=True, text=True).stdout


if __name__ == "__main__":
    try:
        main(sys.argv[1])
    except KeyboardInterrupt:
        sys.exit(130)
