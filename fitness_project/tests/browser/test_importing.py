"""Importing exercises in the admin: with scripts and without, and by keyboard alone."""

import json
from dataclasses import astuple, dataclass
from secrets import token_hex

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from fitness_project.tests.processes import wait_until

from .accessibility import assert_accessible, assert_fits_the_screen
from .curators import add_exercises
from .keyboard import tab_to
from .screens import in_light_and_dark, on_every_screen

LIST = "/admin/exercises/exercise/"
IMPORT = f"{LIST}import/"
REAL = settings.BASE_DIR.parent / "shared" / "data" / "free-exercise-db.json"
PATIENCE_MS = 60_000


@dataclass(frozen=True)
class Pair:
    """Two exercises for experts, and a file that makes them ones for beginners."""

    crawl: str
    trot: str

    @property
    def rows(self) -> str:
        return f"name,level,colour\n{self.crawl},beginner,red\n{self.trot},beginner,\n,expert,\n"


@pytest.fixture
def pair(service):
    """Another one for each test: an undo counts as done by hand."""
    mark = token_hex(3)
    pair = Pair(f"Crawl {mark}", f"Trot {mark}")
    add_exercises(service, *({"name": name, "level": "expert"} for name in astuple(pair)))
    return pair


@pytest.fixture
def changed_by_hand(visit, curator, pair):
    page = visit(f"{LIST}?q={pair.crawl}", curator)
    page.get_by_role("link", name=pair.crawl, exact=True).click()
    page.get_by_label("Level:").fill("intermediate")
    page.locator("[name=_continue]").click()
    page.locator(".messagelist .success").wait_for()


def upload(page: Page, path) -> None:
    page.get_by_label("File:").set_input_files(path)
    show_preview(page)


def paste(page: Page, text: str) -> None:
    page.get_by_label("Or paste its text:").fill(text)
    show_preview(page)


def show_preview(page: Page) -> None:
    with page.expect_navigation(timeout=PATIENCE_MS):
        page.get_by_role("button", name="Show a preview").click()


def confirm(page: Page) -> None:
    page.get_by_role("button", name="Import", exact=True).first.click()
    wait_for_result(page)


def wait_for_result(page: Page) -> None:
    page.get_by_text("left as they are").first.wait_for(timeout=PATIENCE_MS)


def counts(page: Page) -> str:
    return " ".join(page.locator(".import-counts").inner_text().split())


def undo(page: Page) -> None:
    page.get_by_role("link", name="Undo").click()
    page.get_by_role("button", name="Yes, undo it").click()
    page.get_by_text("Undone: ").wait_for(timeout=PATIENCE_MS)


@pytest.mark.skipif(not REAL.exists(), reason=f"{REAL} is missing")
def test_873_real_exercises_are_imported_twice_and_undone(visit, curator):
    page = visit(LIST, curator)
    page.get_by_role("link", name="Import", exact=True).click()
    upload(page, REAL)
    page.get_by_label("and the changes ticked below").check()
    confirm(page)
    first = page.url
    assert "0 unchanged 0 left as they are 0 rejected" in counts(page)

    page.goto(IMPORT)
    upload(page, REAL)
    assert counts(page) == "0 new 0 changed 873 unchanged 0 rejected"
    assert page.get_by_role("button", name="Import", exact=True).count() == 0

    page.goto(first)
    undo(page)
    wait_until(lambda: is_gone(page))


def is_gone(page: Page) -> bool:
    """A task may do the rest of the undo."""
    page.goto(IMPORT)
    upload(page, REAL)
    return " 0 unchanged 0 rejected" in counts(page)


def test_a_curator_imports_by_keyboard_alone(visit, curator, pair):
    page = visit(IMPORT, curator)

    tab_to(page, page.get_by_label("Or paste its text:"))
    page.keyboard.insert_text(f"{pair.rows}New {pair.trot},,\n")
    tab_to(page, page.get_by_role("button", name="Show a preview"))
    with page.expect_navigation():
        page.keyboard.press("Enter")
    tab_to(page, page.get_by_label(f"Level of {pair.trot}"))
    page.keyboard.press("Space")
    expect(page.get_by_label("and the changes ticked below (1 of 2)")).to_be_checked()
    expect(page.get_by_text("Ticked: 1 of 2 changes")).to_be_visible()
    tab_to(page, page.get_by_role("button", name="Import", exact=True).last)
    page.keyboard.press("Enter")
    wait_for_result(page)

    assert "1 added 1 changed" in counts(page)
    undo(page)


def test_the_import_works_without_scripts(visit, curator, pair):
    page = visit(IMPORT, curator, java_script_enabled=False)

    paste(page, pair.rows)
    page.get_by_label(f"Level of {pair.trot}").uncheck()
    confirm(page)

    assert "0 added 1 changed" in counts(page)
    undo(page)


def test_texts_keep_their_lines_and_exercises_open_beside_the_preview(visit, curator, pair):
    page = visit(IMPORT, curator)
    paste(page, json.dumps([{"name": pair.trot, "description": "Lift.\nLower."}]))

    with page.expect_popup() as opened:
        page.get_by_role("link", name=f"{pair.trot} (opens in a new tab)").click()

    assert opened.value.evaluate("window.opener") is None
    assert page.locator(".value", has_text="Lift.").inner_text() == "Lift.\nLower."


def test_a_text_too_long_for_a_field_can_be_pasted(visit, curator):
    rows = [{"name": f"Long Import {n}", "description": "x" * 5_000} for n in range(300)]
    page = visit(IMPORT, curator)

    paste(page, json.dumps(rows))

    assert counts(page) == "300 new 0 changed 0 unchanged 0 rejected"


@on_every_screen
@in_light_and_dark
def test_everybody_can_use_the_upload(visit, curator):
    page = visit(IMPORT, curator)
    page.get_by_text("What a file may look like").click()
    assert_accessible(page)
    assert_fits_the_screen(page)

    paste(page, "W" * 200)

    page.locator(".errornote").wait_for()
    assert_accessible(page)
    assert_fits_the_screen(page)


@on_every_screen
@in_light_and_dark
def test_everybody_can_use_the_preview_and_the_result(visit, curator, pair, changed_by_hand):
    page = visit(IMPORT, curator)
    more = "\n".join(f"Import Walk {number}," for number in range(60))
    paste(page, f"{pair.rows}{'W' * 100},beginner,\n{more}\nBad,{'x' * 100},\n")
    page.get_by_role("heading", name="New (61)").click()
    page.get_by_text("Read as CSV").click()
    expect(page.get_by_text(f"Would undo what {curator.email} did")).to_be_visible()
    assert_accessible(page)
    assert_fits_the_screen(page)

    page.locator("#new").get_by_role("button", name="Next").click()
    page.get_by_text("Page 2 of 2").wait_for()
    page.get_by_label("and the changes ticked below").check()
    confirm(page)
    assert "61 added 1 changed" in counts(page)
    assert_accessible(page)
    assert_fits_the_screen(page)

    undo(page)


@on_every_screen
@in_light_and_dark
def test_everybody_can_use_the_choice_of_a_language(visit, curator):
    page = visit(IMPORT, curator)

    paste(page, "name,language\nKniebeuge,de\nSquat,en\n")

    page.get_by_label("German (de)").check()
    assert_accessible(page)
    assert_fits_the_screen(page)
