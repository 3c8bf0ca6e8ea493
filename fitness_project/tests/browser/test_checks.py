"""The checks that other tests rely on: each notices what it is there for."""

import pytest

from .accessibility import assert_accessible, assert_fits_the_screen
from .curators import add_exercises
from .keyboard import tab_to
from .screens import on_a_phone

BLANK = "about:blank"


def test_a_link_told_apart_by_its_colour_alone_is_found(visit):
    page = visit(BLANK)
    page.set_content('<p>Read <a href="/" style="color: #333; text-decoration: none">this</a>.')

    with pytest.raises(AssertionError, match="link-in-text-block"):
        assert_accessible(page)


@on_a_phone
def test_a_page_that_scrolls_sideways_is_found(visit):
    page = visit(BLANK)
    page.set_content('<meta name="viewport" content="width=device-width"><pre>' + "wide " * 99)

    with pytest.raises(AssertionError, match="pixels wide"):
        assert_fits_the_screen(page)


@on_a_phone
def test_a_page_that_ignores_the_width_of_phones_is_found(visit):
    page = visit(BLANK)
    page.set_content("<p>Wide</p>")

    with pytest.raises(AssertionError, match="980 pixels wide"):
        assert_fits_the_screen(page)


def test_what_the_keyboard_does_not_reach_is_found(visit):
    page = visit(BLANK)
    page.set_content('<button>A</button><button tabindex="-1">B</button>')

    with pytest.raises(AssertionError, match="Tab"):
        tab_to(page, page.get_by_text("B"), most=5)


def test_errors_in_the_console_and_missing_files_are_found(visit, troubles):
    page = visit("/admin/login/")
    with page.expect_console_message(lambda line: "404" in line.text):
        page.evaluate("console.error('bad news'); fetch('/missing.js')")

    assert "bad news" in troubles[0]
    assert "/missing.js" in troubles[1]
    troubles.clear()


def test_added_exercises_are_on_the_list(visit, curator, service):
    add_exercises(service, {"name": "Zercher Carry"}, {"name": "Zottman Curl"})

    page = visit("/admin/exercises/exercise/?q=z", curator)

    page.get_by_role("link", name="Zottman Curl").wait_for()
