"""Every page that shows what the API returns, on every screen, in light and dark."""

import re
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from fitness_project.tests.e2e.client import PASSWORD, Client

from .accessibility import assert_accessible, assert_fits_the_screen
from .keyboard import tab_to
from .screens import in_light_and_dark, on_a_phone, on_every_screen

PAGES = (
    "/api/routines",
    "/api/routines/{routine}",
    "/api/history?pageSize=1",
    "/api/history?exerciseId={exercise}&from=2026-01-01T00:00:00Z",
    "/api/history?to=1970-01-01T00:00:00Z",
    "/api/history/{session}",
    "/api/exercises?level=beginner",
    "/api/exercises/{exercise}",
    "/api/exercises/facets",
    "/api/auth/me",
    "/api/auth/sessions",
    "/api/sync",
)
PROBLEMS = {
    "/api/auth/password": 405,
    "/api/history?exerciseId=press&from=2026-02-30": 400,
    "/api/routines/0": 404,
    "/api/exercises/export?format=json": 403,
}


@pytest.fixture(scope="module")
def ann(service):
    """A user with a routine of many exercises and two sessions, whose weights are in pounds."""
    ann = Client(service.port, "register", f"{uuid4().hex}@example.com")
    ann.call("PATCH", "/api/auth/me", {"name": "Ann", "weightUnit": "lb"})
    exercises = ann.call("GET", "/api/exercises?pageSize=8&search=press").json["results"]
    entries = [{"exerciseId": e["id"], "sets": 3, "reps": 8, "weight": 62.5} for e in exercises]
    routine = ann.call("POST", "/api/routines", {"name": "Push Day", "exercises": entries}).json
    session = {"exercises": entries, "routineId": routine["id"], "notes": "All\nwell."}
    for day in ("2026-05-01", "2026-05-02"):
        stored = ann.call("POST", "/api/history", {**session, "date": f"{day}T18:30:00Z"}).json
    ann.ids = {"routine": routine["id"], "session": stored["id"], "exercise": exercises[0]["id"]}
    return ann


@pytest.fixture(scope="module")
def cookies(chromium, service, ann):
    with chromium.new_context(base_url=service.url) as context:
        page = context.new_page()
        page.goto("/sign-in")
        page.get_by_label("E-mail").fill(ann.email)
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url: "sign-in" not in url)
        return context.storage_state()


@pytest.fixture
def open_page(visit, cookies, ann):
    """Opens a page as Ann."""

    def open_page(path, **options):
        page = visit("about:blank", storage_state=cookies, **options)
        page.goto(path.format(**ann.ids))
        return page

    return open_page


def unfold(page):
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")


@on_every_screen
@in_light_and_dark
def test_everybody_can_read_the_pages(open_page, ann):
    page = open_page(PAGES[0])

    for path in PAGES:
        page.goto(path.format(**ann.ids))
        assert_fits_the_screen(page)
        unfold(page)
        assert_accessible(page)
        assert_fits_the_screen(page)


@on_a_phone
def test_the_account_fits_a_phone_whatever_a_routine_is_called(open_page, ann):
    routine = ann.call("POST", "/api/routines", {"name": "n" * 120, "exercises": []}).json
    page = open_page("/api/auth/me")

    unfold(page)

    assert_fits_the_screen(page)
    ann.call("DELETE", f"/api/routines/{routine['id']}")


@on_a_phone
def test_a_cell_without_a_head_has_no_colon(open_page):
    page = open_page("/api/auth/sessions")

    cell = page.locator("td", has=page.get_by_role("button")).first

    content = "cell => getComputedStyle(cell, '::before').content"
    assert cell.evaluate(content) == "none"


@on_every_screen
@in_light_and_dark
def test_everybody_can_read_the_problems(open_page, troubles):
    page = open_page(PAGES[0])

    for path, status in PROBLEMS.items():
        page.goto(path)
        unfold(page)
        assert_accessible(page)
        assert_fits_the_screen(page)
        headers = page.get_by_label("Headers of the response", exact=True)
        expect(headers).to_contain_text(f"HTTP/1.1 {status}")
    assert len(troubles) == len(PROBLEMS)  # The console's lines about these statuses.
    troubles.clear()


@pytest.mark.parametrize("scripts", [True, False], ids=["js", "no js"])
def test_an_explorer_filters_and_pages_by_keyboard(open_page, ann, scripts):
    page = open_page("/api/history", java_script_enabled=scripts)
    filters = page.get_by_role("search")
    tab_to(page, filters.locator("summary"))
    page.keyboard.press("Enter")
    tab_to(page, filters.get_by_label("Routine"))
    page.keyboard.type("push day")
    tab_to(page, filters.get_by_label("Page size"))
    page.keyboard.press("ArrowUp")  # From 20 to 10.
    tab_to(page, filters.get_by_role("button", name="Apply"))
    page.keyboard.press("Enter")

    page.wait_for_url(f"**/api/history?routineId={ann.ids['routine']}&pageSize=10")
    expect(filters.get_by_label("Routine")).to_have_value("Push Day")
    page.goto(f"{page.url.removesuffix('10')}1")
    tab_to(page, page.get_by_role("link", name="Next"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("row")).to_have_count(2)
    expect(page.get_by_role("rowheader")).to_contain_text("1 May 2026")


def test_names_are_suggested_while_they_are_typed(open_page):
    page = open_page("/api/history?from=2026-01-01T00:00:00Z")
    page.get_by_role("search").locator("summary").click()

    with page.expect_response(re.compile("/api/exercises.search=bench")):
        page.get_by_role("search").get_by_label("Exercise").press_sequentially("bench")

    suggested = page.locator("#filter-exerciseId-names option")
    expect(suggested.first).to_have_attribute("value", re.compile("Bench"))


def test_a_line_for_a_terminal_is_copied(open_page, service):
    page = open_page("/api/auth/me", permissions=["clipboard-read", "clipboard-write"])

    page.get_by_role("button", name="Copy").click()

    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == f'curl -i {service.url}/api/auth/me -H "Authorization: Bearer $ACCESS_TOKEN"'


def test_the_ids_in_the_json_lead_to_their_pages(open_page, ann):
    page = open_page("/api/history/{session}")
    page.locator("summary", has_text="Response as JSON").click()

    page.get_by_label("Response as JSON").get_by_role("link", name=ann.ids["routine"]).click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Push Day – routine")


def test_a_search_after_the_end_of_the_session_says_so_and_leaves_the_button(open_page, troubles):
    page = open_page("/api/routines")
    unfold(page)
    page.context.clear_cookies()

    page.get_by_role("combobox", name="Exercise").first.type("press")

    expect(page.get_by_text("Sign in again")).to_be_attached()
    expect(page.get_by_role("button", name="Find exercise").first).to_be_visible()
    troubles.clear()  # The 401


def test_the_summary_of_errors_has_the_focus_each_time(open_page, troubles):
    page = open_page("/api/routines")
    unfold(page)
    for _ in range(2):
        page.locator("#form-post").get_by_role("button", name="Create", exact=True).click()
        expect(page.locator("#error-summary")).to_be_focused()
        page.locator("#error-summary a").first.click()
        expect(page.locator("#post-name")).to_be_focused()
    troubles.clear()  # The 400s


def test_going_back_finds_what_was_typed(open_page):
    page = open_page("/api/routines")
    unfold(page)
    page.get_by_label("Name").fill("Typed with care")
    page.goto("/api/history")

    page.go_back()

    expect(page.get_by_label("Name")).to_have_value("Typed with care")
