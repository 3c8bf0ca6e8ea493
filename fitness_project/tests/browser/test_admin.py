"""The admin, as a curator sees it and reaches it by keyboard."""

import pytest

from .accessibility import assert_accessible, assert_fits_the_screen
from .keyboard import tab_to
from .screens import in_light_and_dark, on_every_screen

LOGIN = "/admin/login/"
EXERCISES = "/admin/exercises/exercise/"
PAGES = {
    "index": "/admin/",
    "list": f"{EXERCISES}?q=press&level=beginner",
    "form": f"{EXERCISES}add/",
    "password": "/admin/password_change/",
}
every_page = pytest.mark.parametrize("path", PAGES.values(), ids=PAGES)


def test_a_curator_signs_in_by_keyboard_alone(visit, curator):
    page = visit("/admin/")

    page.keyboard.type(curator.email)  # The field has the focus.
    tab_to(page, page.locator("[name=password]"))
    page.keyboard.type(curator.password)
    tab_to(page, page.locator("[type=submit]"))
    page.keyboard.press("Enter")

    page.get_by_role("heading", name="Site administration").wait_for()


@on_every_screen
@in_light_and_dark
def test_everybody_can_use_the_sign_in_page(visit):
    page = visit(LOGIN)

    assert_accessible(page)
    assert_fits_the_screen(page)


@on_every_screen
@in_light_and_dark
@every_page
def test_everybody_can_use_the_page(visit, curator, path):
    page = visit(path, curator)

    assert_accessible(page)
    assert_fits_the_screen(page)


@on_every_screen
@in_light_and_dark
def test_everybody_can_use_a_form_that_was_rejected(visit, curator):
    page = visit(f"{EXERCISES}add/", curator)
    page.locator("[name=name]").fill(" ")
    page.locator("[name=_save]").click()
    page.locator(".errornote").wait_for()

    assert_accessible(page)
    assert_fits_the_screen(page)
