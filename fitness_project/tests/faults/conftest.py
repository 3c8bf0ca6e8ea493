import pytest

from fitness_project.database.embedded.files import Files
from fitness_project.database.embedded.ports import choose_port
from fitness_project.database.embedded.server import Server
from fitness_project.tests.e2e.conftest import own_service, service
from fitness_project.tests.processes import wait_until

__all__ = ["own_service", "service"]


@pytest.fixture
def replica_set(tmp_path):
    """A database at MONGODB_URI, which the service neither starts nor stops."""
    folder = tmp_path / "replica-set"
    folder.mkdir()
    server = Server(Files(folder), choose_port(None))
    server.start()
    wait_until(server.works)
    yield server
    server.kill()
    server.stop()
