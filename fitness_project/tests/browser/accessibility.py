"""What axe-core and the screen's width say about a page."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

GRAVE = ("serious", "critical")
# With `preload`, axe-core fetches imported style sheets, from addresses that don't exist.
OPTIONS = {"resultTypes": ["violations"], "preload": False}
axe = Axe()


def assert_accessible(page: Page) -> None:
    """Fails if axe-core finds anything serious or critical, and says what and where."""
    found = axe.run(page, options=OPTIONS).response["violations"]
    grave = [_describe(violation) for violation in found if violation["impact"] in GRAVE]
    assert not grave, "\n".join([page.url, *grave])


def _describe(violation: dict) -> str:
    places = [
        f"  {' '.join(map(str, node['target']))}: {node['html']}\n    {node['failureSummary']}"
        for node in violation["nodes"]
    ]
    return "\n".join([f"{violation['id']} ({violation['impact']}): {violation['help']}", *places])


def assert_fits_the_screen(page: Page) -> None:
    """Fails if the page scrolls sideways. (Boxes in it may.)"""
    screen = page.viewport_size
    assert screen is not None
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= screen["width"], f"{page.url} is {width} pixels wide"
