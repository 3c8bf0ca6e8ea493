"""Somebody who tries the API out: signs up, makes a routine, records a session, meets errors."""

import pytest
from playwright.sync_api import Page, expect

from fitness_project.tests.e2e.client import PASSWORD

from .accessibility import assert_accessible, assert_fits_the_screen
from .curators import add_exercises
from .explorers import open_form, press, sign_up
from .keyboard import tab_to
from .screens import in_light_and_dark, on_every_screen

PRESS, SQUAT = "Explorer Press", "Explorer Squat"

with_and_without_scripts = pytest.mark.parametrize("scripts", [True, False])


@pytest.fixture(scope="module", autouse=True)
def _exercises(service):
    add_exercises(service, {"name": PRESS}, {"name": SQUAT})


@pytest.fixture
def explorer(visit):
    """A page of somebody who has just signed up."""

    def explorer(**options):
        page = visit("/", **options)
        sign_up(page)
        return page

    return explorer


def fill_row(page: Page, row: int, exercise: str, sets: str = "3", reps: str = "8") -> None:
    page.locator(f"[name='_text/exercises/{row}/exerciseId']").fill(exercise)
    page.locator(f"[name='exercises/{row}/sets']").fill(sets)
    page.locator(f"[name='exercises/{row}/reps']").fill(reps)


def make_routine(page: Page) -> None:
    page.goto("/api/routines")
    page.locator("[name=name]").fill("Push Day")
    fill_row(page, 0, PRESS)
    press(page, "Create")


@with_and_without_scripts
def test_an_explorer_records_a_session_in_two_tabs(explorer, scripts, troubles):
    page = explorer(java_script_enabled=scripts)
    make_routine(page)
    expect(page.get_by_text("Created.")).to_be_visible()

    page.goto("/api/history")
    page.locator("[name='_text/routineId']").fill("Push Day")
    fill_row(page, 0, PRESS, sets="many")
    press(page, "Create")
    expect(page.locator("#error-summary")).to_be_focused()
    page.get_by_role("link", name="Row 1, sets").click()
    expect(page.locator("[name='exercises/0/sets']")).to_have_value("many")
    page.locator("[name='exercises/0/sets']").fill("4")
    press(page, "Create")
    expect(page.locator("main")).to_contain_text(PRESS)

    other = page.context.new_page()
    other.goto(page.url)
    for tab, notes in ((other, "theirs"), (page, "mine")):
        open_form(tab, "Change this session")
        tab.locator("[name=notes]").fill(notes)
        press(tab, "Save")
    expect(page.locator(".differences")).to_contain_text("theirs")
    expect(page.locator("[name=notes]")).to_have_value("mine")
    press(page, "Save")
    expect(page.get_by_text("Saved.")).to_be_visible()
    other.reload()
    expect(other.locator("main")).to_contain_text("mine")
    troubles.clear()  # The console shows the 400 and the 412.


@with_and_without_scripts
def test_rows_are_added_moved_and_removed(explorer, scripts):
    page = explorer(java_script_enabled=scripts)
    make_routine(page)
    open_form(page, "Change this routine")

    page.get_by_role("button", name="Add a row").click()
    fill_row(page, 1, SQUAT)
    page.get_by_role("button", name="Up row 2").click()
    expect(page.locator("[name='_text/exercises/0/exerciseId']")).to_have_value(SQUAT)
    page.get_by_role("button", name="Remove row 2").click()
    expect(page.locator("[data-row]")).to_have_count(1)
    press(page, "Save")

    expect(page.locator("main")).to_contain_text(SQUAT)
    expect(page.locator("main")).not_to_contain_text(PRESS)


def test_an_exercise_is_found_by_keyboard_alone(explorer):
    page = explorer()
    page.goto("/api/routines")
    tab_to(page, page.locator("[name=name]"))
    page.keyboard.type("Legs")
    tab_to(page, page.get_by_role("combobox", name="Exercise"))

    page.keyboard.type("explorer sq")
    expect(page.get_by_role("option", name=SQUAT)).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("combobox", name="Exercise")).to_have_value(SQUAT)
    for number in ("5", "5"):
        page.keyboard.press("Tab")
        page.keyboard.type(number)
    with page.expect_navigation():
        page.keyboard.press("Enter")

    expect(page.locator("main")).to_contain_text(SQUAT)


def test_an_exercise_is_found_without_scripts(explorer):
    page = explorer(java_script_enabled=False)
    page.goto("/api/routines")
    page.locator("[name=name]").fill("Legs")
    fill_row(page, 0, "explorer")

    page.get_by_role("button", name="Find exercise").click()
    page.get_by_label("Matches").select_option(SQUAT)
    press(page, "Create")

    expect(page.locator("main")).to_contain_text(SQUAT)


def test_a_form_survives_the_end_of_the_session(explorer, troubles):
    page = explorer()
    make_routine(page)
    email = page.locator(".account a").inner_text().split()[-1]
    open_form(page, "Change this routine")
    page.locator("[name=notes]").fill(" typed with care ")
    page.context.clear_cookies(name="sessionid")
    press(page, "Save")

    with page.context.expect_page() as opened:
        page.locator("#error-summary").get_by_role("link", name="Sign in").click()
    tab = opened.value
    tab.locator("[name=username]").fill(email)
    tab.locator("[name=password]").fill(PASSWORD)
    press(tab, "Sign in")
    press(page, "Save")  # Its token is the one from before.
    expect(page.locator("[name=notes]")).to_have_value(" typed with care ")
    press(page, "Save")

    expect(page.locator("main")).to_contain_text("typed with care")
    troubles.clear()  # The console shows the 401 and the 403.


def test_deleting_the_account_asks_for_the_password(explorer, troubles):
    page = explorer()
    page.goto("/api/auth/me")
    open_form(page, "Delete your account")
    page.get_by_label("Password").fill("wrong horse 9")
    press(page, "Delete your account")
    expect(page.locator("#error-summary")).to_contain_text("This isn't your password.")
    troubles.clear()  # The console shows the 400.

    page.get_by_label("Password").fill(PASSWORD)
    press(page, "Delete your account")

    expect(page.get_by_role("link", name="Sign in").first).to_be_visible()


@on_every_screen
@in_light_and_dark
def test_everybody_can_use_the_forms(explorer, troubles):
    page = explorer()
    make_routine(page)
    for summary in page.locator("summary").all():
        summary.click()
    assert_accessible(page)
    assert_fits_the_screen(page)

    page.get_by_role("button", name="Add a row").click()
    page.keyboard.type("explorer")
    page.get_by_role("option").first.wait_for()
    assert_accessible(page)
    page.locator("[name=name]").first.fill(" ")
    press(page, "Save")
    assert_accessible(page)
    assert_fits_the_screen(page)
    troubles.clear()  # The console shows the 400.


@on_every_screen
@in_light_and_dark
def test_everybody_can_use_a_conflict(explorer, troubles):
    page = explorer()
    make_routine(page)
    other = page.context.new_page()
    other.goto(page.url)
    for tab, notes in ((other, "theirs"), (page, "mine " * 40)):
        open_form(tab, "Change this routine")
        tab.locator("[name=notes]").fill(notes)
        press(tab, "Save")

    expect(page.locator(".differences")).to_be_visible()
    assert_accessible(page)
    assert_fits_the_screen(page)
    troubles.clear()  # The console shows the 412.


@with_and_without_scripts
def test_the_start_page_leads_to_a_form(explorer, scripts):
    page = explorer(java_script_enabled=scripts)
    make_routine(page)

    page.goto("/")
    page.get_by_role("link", name="Make a routine").click()

    expect(page.locator("[name=name]")).to_be_in_viewport()
