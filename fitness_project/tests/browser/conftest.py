"""Pages of the running service, in a real browser."""

from functools import cache

import pytest
from playwright.sync_api import BrowserContext, ConsoleMessage, Request

from fitness_project.tests.e2e.conftest import service

from .chromium import MISSING, find_chromium, launched
from .curators import create_curator, sign_in
from .screens import WIDE, WIDTHS

__all__ = ["service"]

# A page that is left while it loads doesn't need the rest.
ABORTED = "net::ERR_ABORTED"


@pytest.fixture(scope="session")
def chromium():
    path = find_chromium()
    if path is None:
        pytest.exit(MISSING, returncode=1)
    with launched(path) as browser:
        yield browser


@pytest.fixture(scope="session")
def curator(chromium, service):
    return create_curator(service, "curator@example.com")


@pytest.fixture(scope="session")
def signed_in(chromium, service):
    """A user's cookies. A test that signs out creates a user of its own."""

    @cache
    def signed_in(user):
        with chromium.new_context(base_url=service.url) as context:
            page = context.new_page()
            page.goto("/admin/login/")
            sign_in(page, user)
            return context.storage_state()

    return signed_in


@pytest.fixture
def width(request):
    return getattr(request, "param", WIDE)


@pytest.fixture
def color_scheme(request):
    return getattr(request, "param", "light")


@pytest.fixture
def troubles():
    """Errors in the console, and failed requests. A test that expects some clears the list."""
    return []


@pytest.fixture
def visit(chromium, service, signed_in, width, color_scheme, troubles):
    """Opens a page in a browser of its own, signed in if a user is given."""
    contexts = []

    def visit(path, user=None, **options):
        screen = {"color_scheme": color_scheme, **WIDTHS[width]}
        state = signed_in(user) if user else None
        options = {"base_url": service.url, "storage_state": state, **screen, **options}
        contexts.append(chromium.new_context(**options))
        _watch(contexts[-1], troubles)
        page = contexts[-1].new_page()
        page.goto(path)
        return page

    yield visit
    for context in contexts:
        context.close()
    assert not troubles


def _watch(context: BrowserContext, troubles: list[str]) -> None:
    def on_console(line: ConsoleMessage) -> None:
        if line.type == "error":
            troubles.append(f"{line.text} ({line.location['url']})")

    def on_failure(request: Request) -> None:
        if request.failure != ABORTED:
            troubles.append(f"{request.failure} ({request.url})")

    context.on("console", on_console)
    context.on("weberror", lambda raised: troubles.append(str(raised.error)))
    context.on("requestfailed", on_failure)
