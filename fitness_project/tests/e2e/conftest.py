"""The running service, for those who use it and for those who hurt it."""

import pytest

from .service import Service, running


@pytest.fixture(scope="session")
def service(tmp_path_factory):
    """Shared by the tests that leave it as it was but for users of their own."""
    with running(Service(tmp_path_factory.mktemp("service") / "var")) as service:
        yield service


@pytest.fixture
def own_service(tmp_path):
    """For one test alone, to be stopped and killed."""
    with running(Service(tmp_path / "var")) as service:
        yield service
