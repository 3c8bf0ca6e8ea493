"""Runs the generators, which `make test-generated-clients` installs."""

import json
import os
import subprocess
from pathlib import Path

HERE = Path(__file__).resolve().parents[1]
TOOLS = HERE.parent / ".tools/bin"
NODE_TOOLS = HERE / "node_modules/.bin"
MADE = HERE / "made"
"""Where node finds the packages."""
SECONDS = 300


def run(*command: str | Path, **environment: str) -> str:
    """Returns what it prints. Fails with that if the program does."""
    done = subprocess.run(
        command,
        cwd=HERE,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def generate_by_openapi_generator(schema: Path, options: dict[str, dict[str, str]]) -> None:
    """Makes a client with each generator in `options`, all in one process: Java starts slowly."""
    configurations = []
    for name, properties in options.items():
        configuration = MADE / f"{name}.json"
        content = {
            "generatorName": name,
            "inputSpec": str(schema),
            "outputDir": str(MADE / name),
            "additionalProperties": properties,
        }
        configuration.write_text(json.dumps(content))
        configurations.append(configuration)
    run(TOOLS / "openapi-generator-cli", "batch", "--fail-fast", *configurations)


def generate_by_openapi_python_client(schema: Path) -> None:
    run(
        TOOLS / "openapi-python-client",
        "generate",
        *("--path", schema, "--meta", "none", "--output-path", MADE / "python/fitness_opc"),
        *("--config", HERE / "openapi_python_client.json", "--overwrite", "--fail-on-warning"),
    )
