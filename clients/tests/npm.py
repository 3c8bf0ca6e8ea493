"""The client in TypeScript, built and run by npm."""

import os
import subprocess
from pathlib import Path

TYPESCRIPT = Path(__file__).resolve().parents[1] / "typescript"
SECONDS = 600


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
