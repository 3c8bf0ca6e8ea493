"""A user without a mouse."""

from playwright.sync_api import Locator, Page


def tab_to(page: Page, target: Locator, most: int = 200) -> None:
    """Presses Tab until the target has the focus."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if target.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"pressing Tab {most} times on {page.url} doesn't reach {target}")
