"""The admin's form for an exercise: what its scripts do, and what is left without them."""

from secrets import token_hex
from time import sleep

import pytest

from .accessibility import assert_accessible, assert_fits_the_screen
from .curators import add_exercises, sign_in
from .screens import in_light_and_dark, on_every_screen

EXERCISES = "/admin/exercises/exercise/"
ADD = f"{EXERCISES}add/"
NAME = "Form Walk"
PICTURES = "https://pictures.example/"
PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" width="50" height="30"/>'
MUSCLES = "[name=primary_muscles]"
CLICK_TWICE = """() => {
    const save = document.querySelector("[name=_continue]");
    save.click();
    setTimeout(() => {
        sessionStorage.said = document.querySelector(".saving").textContent;
        save.click();
    }, 100);
}"""


@pytest.fixture(scope="module")
def walk(service):
    add_exercises(service, {"name": NAME, "level": "beginner", "primaryMuscles": ["quadriceps"]})


@pytest.fixture
def form(visit, curator, walk):
    """Opens the exercise's form in a browser of its own."""

    def form(**options):
        page = visit(ADD, curator, **options)
        similar = page.request.get(f"{EXERCISES}similar/", params={"name": NAME}).json()
        page.goto(similar["results"][0]["url"])
        return page

    return form


def saved(page):
    page.locator("[name=_continue]").click()
    page.locator(".messagelist .success").wait_for()


def test_muscles_are_added_and_removed_by_keyboard(form):
    page = form()
    page.get_by_label("Primary muscles:").focus()

    page.keyboard.type("Quadriceps")  # It is there.
    page.keyboard.press("Enter")
    page.keyboard.type("chest")
    page.keyboard.press("Enter")
    assert page.locator(MUSCLES).input_value() == "quadriceps\nchest"
    page.keyboard.press("Shift+Tab")  # To the button beside the last one.
    page.keyboard.press("Enter")

    assert page.locator(MUSCLES).input_value() == "quadriceps"
    assert page.get_by_label("Primary muscles:").evaluate("e => e === document.activeElement")


def test_a_muscle_that_was_typed_and_not_added_is_saved(form):
    page = form()
    page.get_by_label("Secondary muscles:").fill("quadriceps")

    saved(page)

    assert page.locator("[name=secondary_muscles]").input_value() == "quadriceps"


def test_a_form_survives_the_end_of_the_session(form, curator, troubles):
    page = form()
    page.get_by_label("Attribution:").fill("Bea")
    page.context.clear_cookies(name="sessionid")
    page.locator("[name=_continue]").click()
    page.get_by_text("return to your form").wait_for()
    troubles.clear()  # The console shows the 403.

    tab = page.context.new_page()
    tab.goto("/admin/login/")
    sign_in(tab, curator)
    page.go_back()
    saved(page)

    assert page.get_by_label("Attribution:").input_value() == "Bea"


def test_the_form_works_without_scripts(form):
    page = form(java_script_enabled=False)
    page.get_by_label("Attribution:").fill("Ann")

    saved(page)

    assert page.locator(MUSCLES).input_value() == "quadriceps"
    assert page.get_by_label("Attribution:").input_value() == "Ann"


def test_similar_names_are_pointed_out_while_typing(visit, curator, walk):
    page = visit(ADD, curator)

    page.get_by_label("Name:").fill("walks form")

    page.locator(".similar-names").get_by_role("link", name=NAME).wait_for()


def test_the_picture_at_an_address_is_shown(form, troubles):
    page = form()
    page.route(f"{PICTURES}**", lambda route: route.fulfill(status=404))
    page.route(f"{PICTURES}*.svg", lambda route: _send_picture(route))
    address = page.get_by_label("GIF address:")

    address.fill(f"{PICTURES}walk.svg")
    address.press("Tab")
    page.get_by_alt_text("Preview of the picture").wait_for()
    address.fill(f"{PICTURES}gone.gif")
    address.press("Tab")

    page.get_by_text("There is no picture at this address.").wait_for()
    troubles.clear()


def _send_picture(route):
    assert "referer" not in route.request.headers
    route.fulfill(body=PICTURE, content_type="image/svg+xml")


def test_a_form_is_sent_once_and_says_so(form):
    page, sent = form(), []
    page.route("**/change/", lambda route: _send_late(route, sent))

    page.evaluate(CLICK_TWICE)

    page.locator(".messagelist .success").wait_for()
    assert page.evaluate("sessionStorage.said") == "Saving…"
    assert sent == ["POST"]


def _send_late(route, sent):
    sent.append(route.request.method)
    sleep(0.5)
    route.continue_()


def test_the_back_button_leaves_the_form_usable(form):
    page = form()
    page.get_by_label("Description:").fill("Walk on.")
    saved(page)

    page.go_back()

    assert page.locator(".saving").text_content() == ""
    saved(page)


@on_every_screen
@in_light_and_dark
def test_everybody_can_use_a_form_with_questions(visit, curator, walk):
    page = visit(ADD, curator)
    page.get_by_label("Name:").fill("Walk Form")
    page.get_by_label("Level:").fill("x" * 60)
    page.get_by_label("Primary muscles:").fill("toes")
    page.locator("[name=_save]").click()
    page.get_by_text("“toes” is new. Tick to confirm.").wait_for()

    assert_accessible(page)
    assert_fits_the_screen(page)


@on_every_screen
@in_light_and_dark
def test_everybody_can_read_what_another_curator_changed(form):
    page, other = form(), form()
    other.get_by_label("Description:").fill("W" * 300 + token_hex())  # Each time another.
    saved(other)
    page.get_by_label("Description:").fill("Walk. " * 20)
    page.locator("[name=_save]").click()
    page.get_by_text("has changed this exercise since you opened it").wait_for()

    assert_accessible(page)
    assert_fits_the_screen(page)
