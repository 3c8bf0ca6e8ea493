"""The page that the link in a confirmation e-mail opens."""

import re
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from fitness_project.tests.e2e.client import PASSWORD
from fitness_project.tests.processes import wait_until

from .accessibility import assert_accessible, assert_fits_the_screen
from .keyboard import tab_to
from .screens import in_light_and_dark, on_every_screen


@pytest.fixture
def new_email():
    return f"{uuid4().hex}@example.com"


@pytest.fixture
def user(service):
    return service.register(f"{uuid4().hex}@example.com")


@pytest.fixture
def link(service, user, new_email):
    user.call("POST", "/api/auth/email", {"newEmail": new_email, "password": PASSWORD})

    def find():
        texts = [file.read_text() for file in (service.var_dir / "mail").glob("*.log")]
        sent = "".join(texts).replace("=\n", "").partition(f"To: {new_email}\n")[2]
        return re.search(r"/confirm-email/[\w-]+/[\w:-]+/", sent)

    wait_until(find)
    return find()[0]


def assert_everybody_can_use(page):
    assert_accessible(page)
    assert_fits_the_screen(page)


@pytest.mark.parametrize("scripts", [True, False], ids=["js", "no js"])
def test_its_button_changes_the_address_by_keyboard(
    visit, link, new_email, user, scripts, troubles
):
    page = visit(link, java_script_enabled=scripts)
    expect(page.get_by_role("main")).to_contain_text(new_email)

    tab_to(page, page.get_by_role("button", name="Use this address"))
    with page.expect_navigation():
        page.keyboard.press("Enter")

    expect(page.get_by_role("heading")).to_have_text("Your e-mail address is changed")
    expect(page.get_by_role("main").get_by_role("link", name="Sign in")).to_be_visible()
    assert user.call("GET", "/api/auth/me").json["email"] == new_email


@on_every_screen
@in_light_and_dark
def test_everybody_can_use_it(visit, link):
    page = visit(link)
    assert_everybody_can_use(page)

    page.get_by_role("button", name="Use this address").click()
    expect(page.get_by_role("heading")).to_have_text("Your e-mail address is changed")
    assert_everybody_can_use(page)

    page.goto(link)
    expect(page.get_by_role("heading")).to_have_text("This link doesn't work")
    assert_everybody_can_use(page)
