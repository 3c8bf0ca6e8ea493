"""The client in TypeScript, built and run by npm."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

TYPESCRIPT = Path(__file__).resolve().parents[1] / "typescript"
SECONDS = 600
FIRST_NODE = 20
MISSING = "The tests of clients need Node 20 or later. On Debian: apt-get install nodejs npm"


def require_npm() -> None:
    if shutil.which("npm") is None or node_version() < FIRST_NODE:
        pytest.exit(MISSING, returncode=1)


def node_version() -> int:
    """The major version; 0 if Node isn't installed."""
    if shutil.which("node") is None:
        return 0
    printed = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True)
    return int(printed.stdout.lstrip("v").partition(".")[0])


def npm(*arguments: str | Path, url: str = "") -> str:
    """Returns what it prints. Fails with that if npm does."""
    done = subprocess.run(
        ["npm", *arguments],
        cwd=TYPESCRIPT,
        env={**os.environ, "FITNESS_URL": url},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout
