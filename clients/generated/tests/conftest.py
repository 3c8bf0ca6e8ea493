import shutil

import pytest

from fitness_project.tests.e2e.conftest import service

from .programs import HERE, MADE

__all__ = ["service"]


@pytest.fixture(scope="module")
def schema(service):
    """The schema of the running service, as a file in an empty folder for clients."""
    shutil.rmtree(MADE, ignore_errors=True)
    shutil.copytree(HERE / "tests/lives", MADE / "lives")
    file = MADE / "schema.json"
    file.write_bytes(service.call("GET", "/api/schema").body)
    return file
