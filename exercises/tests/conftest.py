import pytest

from exercises.tests.factories import CuratorFactory


@pytest.fixture
def ben(db):
    """A curator."""
    return CuratorFactory(email="ben@example.com")


@pytest.fixture
def curator(client, ben):
    """Ben's browser, which is signed in to the admin."""
    client.force_login(ben)
    return client
