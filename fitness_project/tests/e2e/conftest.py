"""The running service, for tests that use it and for tests that hurt it."""

import pytest

from .service import Service, running


@pytest.fixture(scope="session")
def service(tmp_path_factory):
    """Shared by tests that leave nothing behind but users of their own."""
    with running(Service(tmp_path_factory.mktemp("service") / "var")) as service:
        yield service


@pytest.fixture
def own_service(tmp_path):
    """For one test, which may stop it and kill it."""
    with running(Service(tmp_path / "var")) as service:
        yield service
