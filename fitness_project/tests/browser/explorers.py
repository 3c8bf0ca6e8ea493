"""People who try the API out in a browser."""

from secrets import token_hex

from playwright.sync_api import Page

from fitness_project.tests.e2e.client import PASSWORD


def sign_up(page: Page) -> str:
    """Creates an account on the page that offers it, and returns its e-mail address."""
    email = f"{token_hex(4)}@example.com"
    page.goto("/sign-up")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    with page.expect_navigation():
        page.get_by_role("button", name="Sign up").click()
    return email


def open_form(page: Page, title: str) -> None:
    page.locator("summary").filter(has_text=title).click()


def press(page: Page, name: str) -> None:
    """Leads to another page."""
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).first.click()
