"""A visitor finds the way in, and back in after forgetting the password."""

import re
from typing import Literal
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from fitness_project.tests.e2e.client import PASSWORD
from fitness_project.tests.processes import wait_until

from .accessibility import assert_accessible, assert_fits_the_screen
from .keyboard import tab_to
from .screens import in_light_and_dark, on_every_screen

NEW = "another horse 9"
PAGES = (
    *("/", "/api/", "/sign-up", "/sign-in", "/sign-out", "/password-reset"),
    *("/password-reset/sent", "/password-reset/done", "/password-reset/x/y", "/nothing/here"),
)
with_and_without_scripts = pytest.mark.parametrize("scripts", [True, False], ids=["js", "no js"])


@pytest.fixture
def email():
    return f"{uuid4().hex}@example.com"


@pytest.fixture
def link_for(service):
    """The link in the only e-mail to an address."""

    def link_for(email):
        def find():
            texts = (file.read_text() for file in (service.var_dir / "mail").glob("*.log"))
            (text,) = [text for text in texts if f"To: {email}" in text] or [""]
            return re.search(r"/password-reset/\S+/\S+/", text.replace("=\n", ""))

        wait_until(find)
        return find()[0]

    return link_for


def press(page: Page, role: Literal["button", "link"], name: str) -> None:
    """Leads to another page."""
    tab_to(page, page.get_by_role(role, name=name, exact=True).last)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def fill(page: Page, label: str, text: str) -> None:
    field = page.get_by_label(label, exact=True)
    if not field.evaluate("element => element === document.activeElement"):
        tab_to(page, field)
    page.keyboard.press("Control+A")
    page.keyboard.type(text)


def assert_everybody_can_use(page: Page) -> None:
    assert_accessible(page)
    assert_fits_the_screen(page)


@with_and_without_scripts
def test_a_visitor_signs_up_and_out_by_keyboard(visit, email, scripts, troubles):
    page = visit("/", java_script_enabled=scripts)
    press(page, "link", "Sign up")
    fill(page, "E-mail address", email)
    fill(page, "Password", "12345678")
    press(page, "button", "Sign up")

    expect(page.locator("#error-summary")).to_be_focused()
    tab_to(page, page.get_by_role("link", name="Password: This password is entirely numeric."))
    page.keyboard.press("Enter")
    expect(page.get_by_label("Password", exact=True)).to_be_focused()
    expect(page.get_by_label("E-mail address")).to_have_value(email)
    expect(page.get_by_label("Password", exact=True)).to_have_attribute("type", "password")
    page.keyboard.type(PASSWORD)
    press(page, "button", "Sign up")

    expect(page.get_by_role("status")).to_contain_text("you are signed in")
    expect(page.get_by_role("banner")).to_contain_text(email)
    press(page, "button", "Sign out")
    expect(page.get_by_role("banner").get_by_role("link", name="Sign in")).to_be_visible()
    troubles.clear()  # The 400


@with_and_without_scripts
def test_a_visitor_signs_in_and_comes_back_to_where_it_was_needed(visit, service, email, scripts):
    service.register(email)
    page = visit("/", java_script_enabled=scripts)
    page.goto("/sign-in?next=/api/")

    fill(page, "E-mail address", email)
    fill(page, "Password", PASSWORD)
    press(page, "button", "Sign in")

    expect(page).to_have_url(f"{service.url}/api/")


@on_every_screen
@in_light_and_dark
def test_whoever_has_forgotten_the_password_chooses_another(visit, service, email, link_for):
    service.register(email)
    page = visit("/sign-in")
    press(page, "link", "Forgotten your password?")
    fill(page, "E-mail address", email)
    press(page, "button", "Send me a link")
    expect(page.get_by_role("heading", name="A link is on its way")).to_be_visible()

    page.goto(link_for(email))
    assert_everybody_can_use(page)
    fill(page, "New password", NEW)
    press(page, "button", "Set the new password")
    press(page, "link", "Sign in")
    fill(page, "E-mail address", email)
    fill(page, "Password", NEW)
    press(page, "button", "Sign in")

    expect(page.get_by_role("banner")).to_contain_text(email)
    assert_everybody_can_use(page)


@on_every_screen
@in_light_and_dark
def test_everybody_can_use_every_page(visit, troubles):
    page = visit("/")

    for path in PAGES:
        page.goto(path)
        assert_everybody_can_use(page)

    troubles.clear()  # The 404


@on_every_screen
@in_light_and_dark
@pytest.mark.parametrize(
    ("path", "button"),
    [
        ("/sign-up", "Sign up"),
        ("/sign-in", "Sign in"),
        ("/password-reset", "Send me a link"),
    ],
)
def test_everybody_can_use_a_form_that_was_rejected(visit, troubles, path, button):
    page = visit(path)

    page.get_by_role("button", name=button).click()

    expect(page.locator("#error-summary")).to_be_focused()
    assert_everybody_can_use(page)
    troubles.clear()  # The 400
