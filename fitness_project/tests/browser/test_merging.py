"""A curator finds duplicates and merges them, by keyboard alone."""

from itertools import count

import pytest
from playwright.sync_api import expect

from .accessibility import assert_accessible, assert_fits_the_screen
from .curators import add_exercises, create_curator
from .keyboard import tab_to
from .screens import in_light_and_dark, on_every_screen

EXERCISES = "/admin/exercises/exercise/"
DUPLICATES = f"{EXERCISES}duplicates/"
numbers = count(1)


@pytest.fixture
def plank(service):
    """The name of an exercise, of which there is another in the plural with a level."""
    name = f"Copenhagen Plank {next(numbers)}00"
    muscles = {"primaryMuscles": ["adductors"]}
    instructions = ["Lie on your side. " * 9, "Lift the hips."]
    add_exercises(
        service,
        {"name": name, "instructions": instructions, **muscles},
        {"name": name.replace("Plank", "Planks"), "level": "expert", **muscles},
    )
    return name


def press(page, target):
    """Leads to another page."""
    tab_to(page, target)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def open_merge(page, name):
    press(page, page.get_by_role("link", name=f"Compare {name}"))


def find_page(page, name):
    page.goto(f"{EXERCISES}?q={name}")
    with page.expect_navigation():
        page.get_by_role("link", name=name, exact=True).click()
    return page.url


def test_exercises_are_merged_from_the_list(visit, curator, plank):
    planks = plank.replace("Plank", "Planks")
    page = visit(EXERCISES, curator)
    old = find_page(page, planks)
    page.goto(f"{EXERCISES}?q={plank}")
    for name in (plank, planks):
        tab_to(page, page.get_by_label(f"Select {name}", exact=True))
        page.keyboard.press("Space")
    tab_to(page, page.locator("select[name=action]"))
    page.keyboard.type("Merge")
    press(page, page.get_by_role("button", name="Go"))
    press(page, page.get_by_role("button", name="Merge 2 exercises into one"))
    expect(page.locator(".messagelist")).to_contain_text(f"Merged into {plank}")

    page.goto(old)

    expect(page.locator(".messagelist")).to_contain_text(f"“{planks}” was merged into “{plank}”")
    expect(page.get_by_label("Name:")).to_have_value(plank)
    expect(page.get_by_label("Level:")).to_have_value("expert")
    expect(page.locator("#content")).to_contain_text(f"Also found as: “{planks}”")


def test_a_value_is_chosen_by_keyboard_and_a_colleagues_change_is_told(
    visit, service, curator, plank
):
    planks = plank.replace("Plank", "Planks")
    page = visit(DUPLICATES, curator)
    open_merge(page, plank)
    tab_to(page, page.locator("[name=value-name]:checked"))
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_label(f"Name of {planks}")).to_be_checked()

    colleague = create_curator(service, f"colleague-{next(numbers)}@example.com")
    other = visit(EXERCISES, colleague)
    find_page(other, planks)
    other.get_by_label("Default sets").fill("5")
    other.get_by_role("button", name="Save", exact=True).click()
    other.get_by_text("was changed successfully").wait_for()
    press(page, page.get_by_role("button", name="Merge 2 exercises into one"))
    told = f"{colleague.email} changed “{planks}” since you opened this page: default sets."
    expect(page.get_by_role("alert")).to_contain_text(told)
    assert_accessible(page)
    press(page, page.get_by_role("button", name="Merge 2 exercises into one"))

    expect(page).to_have_title("Probable duplicates | Fitness")
    press(page, page.locator(".messagelist").get_by_role("link", name=planks))
    expect(page.get_by_label("Default sets")).to_have_value("5")


def test_everything_works_without_scripts(visit, curator, plank):
    page = visit(DUPLICATES, curator, java_script_enabled=False)
    page.get_by_role("button", name=f"These are different: {plank}").click()
    expect(page.get_by_role("link", name=f"Compare {plank}")).to_have_count(0)
    page.locator("summary").click()
    page.get_by_role("button", name=f"different: {plank}").click()

    page.get_by_role("link", name=f"Compare {plank}").click()
    page.get_by_role("button", name="Merge 2 exercises into one").click()

    expect(page.locator(".messagelist")).to_contain_text(f"Merged into {plank}")


@on_every_screen
def test_many_exercises_fit_the_screen(visit, service, curator):
    name = f"Kossack Squat {next(numbers)}00"
    add_exercises(service, *[{"name": f"{name} {'!' * marks}"} for marks in range(9)])
    page = visit(DUPLICATES, curator)

    open_merge(page, name)

    expect(page.get_by_role("button", name="Merge 9 exercises into one")).to_be_visible()
    assert_accessible(page)
    assert_fits_the_screen(page)


@on_every_screen
@in_light_and_dark
def test_everybody_can_use_the_pages(visit, curator, plank):
    page = visit(DUPLICATES, curator)
    assert_accessible(page)
    assert_fits_the_screen(page)

    open_merge(page, plank)
    assert_accessible(page)
    assert_fits_the_screen(page)
    page.go_back()
    press(page, page.get_by_role("button", name=f"These are different: {plank}"))
    page.locator("summary").click()
    assert_accessible(page)
    assert_fits_the_screen(page)
