"""A curator's work, by keyboard alone, while a colleague works on the same exercise."""

import pytest
from playwright.sync_api import Page, expect

from .accessibility import assert_accessible
from .curators import add_exercises, create_curator
from .keyboard import tab_to

EXERCISES = "/admin/exercises/exercise/"
SQUAT, LUNGE = "Zercher Squat", "Zercher Lunge"


@pytest.fixture(scope="module")
def colleague(service):
    return create_curator(service, "colleague@example.com")


@pytest.fixture(scope="module", autouse=True)
def _exercises(service):
    add_exercises(service, {"name": SQUAT}, {"name": LUNGE})


def press(page: Page, target) -> None:
    """Leads to another page."""
    tab_to(page, target)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def search(page: Page, text: str) -> None:
    tab_to(page, page.get_by_role("searchbox", name="Search", exact=True))
    page.keyboard.type(text)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def sign_in(page: Page, user) -> None:
    page.keyboard.type(user.email)  # The field has the focus.
    tab_to(page, page.locator("[name=password]"))
    page.keyboard.type(user.password)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def save(page: Page) -> None:
    press(page, page.get_by_role("button", name="Save", exact=True))


def test_a_curator_searches_edits_and_meets_a_colleagues_change(visit, curator, colleague):
    page = visit("/admin/")
    sign_in(page, curator)
    press(page, page.locator("#content").get_by_role("link", name="Exercises", exact=True).last)
    search(page, "zercher sqat")
    press(page, page.get_by_role("link", name=SQUAT))

    other = visit(page.url, colleague)
    other.get_by_label("Default sets").fill("5")
    other.get_by_role("button", name="Save", exact=True).click()
    other.get_by_text("was changed successfully").wait_for()

    tab_to(page, page.get_by_label("Description"))
    page.keyboard.type("Hold the bar in your elbows.")
    save(page)
    expect(page.locator("#content")).to_contain_text(colleague.email)
    assert_accessible(page)
    save(page)
    press(page, page.get_by_role("link", name=SQUAT).last)

    expect(page.get_by_label("Description")).to_have_value("Hold the bar in your elbows.")
    expect(page.get_by_label("Default sets")).to_have_value("5")
    expect(page.locator(".catalogue-log")).to_contain_text(colleague.email)
    expect(page.locator(".catalogue-log")).to_contain_text(curator.email)


def test_a_curator_archives_many_and_undoes_it(visit, curator):
    page = visit(EXERCISES, curator)
    search(page, "zercher")
    for name in (SQUAT, LUNGE):
        tab_to(page, page.get_by_label(f"Select {name}"))
        page.keyboard.press("Space")
    tab_to(page, page.locator("select[name=action]"))
    page.keyboard.type("Archive")
    press(page, page.get_by_role("button", name="Go"))
    assert_accessible(page)
    press(page, page.get_by_role("button", name="Yes, archive"))
    expect(page.locator(".badge")).to_have_count(2)

    press(page, page.get_by_role("link", name="Undo"))
    assert_accessible(page)
    press(page, page.get_by_role("button", name="Yes, undo it"))

    expect(page.locator(".messagelist")).to_contain_text("Undone: 2 exercises")
    page.goto(f"{EXERCISES}?q=zercher")
    expect(page.get_by_role("link", name=LUNGE)).to_be_visible()
    expect(page.locator(".badge")).to_have_count(0)
