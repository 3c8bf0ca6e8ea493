"""The docs, for a client developer: they reach nothing but the service, and need no mouse."""

import html
import json
import re
import subprocess

import pytest
from playwright.sync_api import expect

from fitness_project.tests.e2e.client import PASSWORD

from .accessibility import assert_accessible, assert_fits_the_screen
from .explorers import sign_up
from .keyboard import tab_to
from .screens import in_light_and_dark, on_every_screen

DOCS = "/api/docs"
PATIENCE_MS = 60_000
FILTER = "Filter by path, method or word"
EMAIL = "developer@example.com"


@pytest.fixture(scope="module", autouse=True)
def _developer(service):
    client = service.register(EMAIL)
    exercise = client.call("GET", "/api/exercises?pageSize=1").json["results"][0]["id"]
    entry = {"exerciseId": exercise, "sets": 3, "reps": 8, "weight": 60}
    client.call("POST", "/api/routines", {"name": "Push day", "exercises": [entry]})


@pytest.fixture
def docs(visit, service):
    """Opens the page with the network shut off except to the service."""

    def docs(path=DOCS, **options):
        page = visit("about:blank", **options)
        strangers = []
        page.route(
            lambda url: not url.startswith(service.url), lambda route: _refuse(route, strangers)
        )
        page.goto(path)
        page.locator(".opblock").first.wait_for(timeout=PATIENCE_MS)
        assert not strangers
        return page

    return docs


def _refuse(route, strangers):
    strangers.append(route.request.url)
    route.abort()


def sign_in(page):
    tab_to(page, page.get_by_label("E-mail address"))
    page.keyboard.type(EMAIL)
    tab_to(page, page.get_by_label("Password", exact=True))
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_text(f"Signed in as {EMAIL}")).to_be_visible(timeout=PATIENCE_MS)


def press(page, target):
    tab_to(page, target)
    page.keyboard.press("Enter")


def opened(page, operation):
    """Finds a call by keyboard, opens it, and makes it ready to be sent."""
    tab_to(page, page.get_by_label(FILTER))
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.type(operation)
    expect(page.locator("#docs-count")).to_have_text("1 call")
    call = page.locator(f"[id$=-{operation}]")
    press(page, call.locator(".opblock-summary-control"))
    press(page, call.get_by_role("button", name="Try it out"))
    return call


def sent(page, call):
    """The response's status."""
    press(page, call.get_by_role("button", name="Execute"))
    response = call.locator(".live-responses-table .response-col_status").nth(1)
    response.wait_for(timeout=PATIENCE_MS)
    return response.inner_text().split()[0]


def test_a_call_is_made_by_keyboard_after_signing_in(docs):
    page = docs()
    sign_in(page)

    session = opened(page, "createSession")

    assert sent(page, session) == "201"
    assert "Authorization: Bearer" in session.locator(".curl").inner_text()


def test_examples_name_the_users_own_documents(docs):
    page = docs()
    sign_in(page)

    assert sent(page, opened(page, "getRoutine")) == "200"


def test_a_wrong_password_is_said_and_signing_out_ends_the_use_of_tokens(docs, troubles):
    page = docs()
    page.get_by_label("E-mail address").fill(EMAIL)
    page.get_by_label("Password", exact=True).fill("wrong horse 9")
    page.keyboard.press("Enter")
    expect(page.locator("#docs-status")).to_contain_text("No active account")
    sign_in(page)

    press(page, page.get_by_role("button", name="Stop using the token"))

    expect(page.get_by_label("E-mail address")).to_be_focused()
    assert sent(page, opened(page, "listRoutines")) == "401"
    troubles.clear()


def test_the_filter_finds_calls_by_their_words(docs):
    page = docs()
    tab_to(page, page.get_by_label(FILTER))

    page.keyboard.type("history DELETE")

    expect(page.locator(".opblock")).to_have_count(1)
    expect(page.locator("#docs-count")).to_have_text("1 call")
    page.get_by_text("Delete one session").wait_for()


def test_a_deep_link_opens_its_call(docs):
    page = docs(f"{DOCS}#/history/createSession")

    expect(page.locator("[id$=-createSession]").get_by_text("A new session").first).to_be_visible()


def test_scripts_and_styles_are_compressed_and_kept_for_ever(visit):
    page = visit("about:blank")
    with page.expect_response(re.compile("swagger-ui-bundle")) as response:
        page.goto(DOCS)

    headers = response.value.headers
    assert headers["content-encoding"] == "gzip"
    assert "immutable" in headers["cache-control"]


def test_the_three_lines_work_in_a_terminal(service):
    page = service.call("GET", DOCS).body.decode()
    (lines,) = re.findall(r'<pre class="wrapped"><code>(.*?)</code>', page, re.DOTALL)

    script = html.unescape(lines)
    done = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True)

    assert len(script.splitlines()) == 3
    found = json.loads(done.stdout[done.stdout.index('{"next"') :])
    assert "Bench Press" in found["results"][0]["name"]


@on_every_screen
@in_light_and_dark
def test_everybody_can_use_the_docs(docs):
    page = docs()
    assert_accessible(page)
    assert_fits_the_screen(page)
    sign_in(page)

    for operation in ("updateSession", "listExercises"):
        call = opened(page, operation)
    sent(page, call)

    assert_accessible(page)
    assert_fits_the_screen(page)


@on_every_screen
@in_light_and_dark
@pytest.mark.parametrize("path", [f"{DOCS}/errors", f"{DOCS}/guide"])
def test_everybody_can_read_the_pages(visit, path):
    page = visit(path)

    assert_accessible(page)
    assert_fits_the_screen(page)


def test_without_scripts_the_page_leads_on(visit):
    page = visit(DOCS, java_script_enabled=False)

    page.get_by_role("link", name="the list of all calls").click()

    expect(page.get_by_text("/api/history").first).to_be_visible()


@pytest.fixture
def docs_in_a_used_browser(docs):
    """Somebody else is signed in in the browser."""

    def docs_in_a_used_browser():
        page = docs()
        other = sign_up(page)
        page.goto(DOCS)
        page.locator(".opblock").first.wait_for(timeout=PATIENCE_MS)
        sign_in(page)
        return page, other

    return docs_in_a_used_browser


@pytest.fixture
def aged():
    """Makes the access token old enough to be renewed."""
    return lambda page: page.evaluate("pair.renewAt = 0")


def test_a_call_whose_token_cannot_be_renewed_is_not_sent_as_the_browsers_user(
    docs_in_a_used_browser, aged, troubles
):
    page, _ = docs_in_a_used_browser()
    session = opened(page, "createSession")
    calls = []
    page.on("request", lambda request: calls.append(request.url))
    page.route(
        "**/api/auth/refresh", lambda route: route.fulfill(status=503, json={"detail": "Busy."})
    )
    aged(page)

    session.get_by_role("button", name="Execute").click()

    expect(page.locator("#docs-status")).to_contain_text("its token can't be renewed: Busy.")
    assert not [url for url in calls if url.endswith("/history")]
    page.unroute("**/api/auth/refresh")
    with page.expect_response("**/api/history") as created:
        session.get_by_role("button", name="Execute").click()
    assert created.value.status == 201
    assert created.value.request.headers["authorization"].startswith("Bearer ")
    troubles.clear()  # The console shows the 503.


def test_a_call_whose_sign_in_has_ended_is_not_sent_and_the_page_says_who_sends_the_next(
    docs_in_a_used_browser, aged, troubles
):
    page, other = docs_in_a_used_browser()
    session = opened(page, "createSession")
    calls = []
    page.on("request", lambda request: calls.append(request.url))
    page.evaluate("post('logout', { refresh: pair.refresh })")
    aged(page)

    session.get_by_role("button", name="Execute").click()

    expect(page.locator("#docs-status")).to_contain_text(f"Calls are now sent as {other}")
    assert not [url for url in calls if url.endswith("/history")]
    troubles.clear()  # The console shows the 401.


def test_who_stops_using_the_token_is_told_that_the_browsers_user_sends_calls(
    docs_in_a_used_browser,
):
    page, other = docs_in_a_used_browser()

    press(page, page.get_by_role("button", name="Stop using the token"))

    expect(page.locator("#docs-status")).to_contain_text(f"Calls are now sent as {other}")


def test_a_refused_token_is_renewed_before_the_next_call(docs):
    page = docs()
    sign_in(page)

    with page.expect_response("**/api/auth/refresh") as renewed:
        page.evaluate("() => { followTokens({ status: 401 }); return accessToken(); }")

    assert renewed.value.status == 200


ADOPTS = """async (credentials) => {
    const { user, ...tokens } = await post("login", credentials);
    followTokens({ status: 200, obj: tokens });
    return pair.access === tokens.access;
}"""


def test_the_users_new_tokens_are_used_and_another_users_are_not(docs_in_a_used_browser):
    page, other = docs_in_a_used_browser()

    assert page.evaluate(ADOPTS, {"email": EMAIL, "password": PASSWORD})
    assert not page.evaluate(ADOPTS, {"email": other, "password": PASSWORD})


def test_a_filter_without_matches_says_so(docs):
    page = docs()

    page.get_by_label(FILTER).fill("treadmill")

    expect(page.locator("#docs-count")).to_have_text("No call matches.")
    expect(page.get_by_text("No operations defined")).to_be_hidden()


def test_a_schema_that_cannot_be_loaded_is_said(visit, troubles):
    page = visit("about:blank")
    page.route("**/api/schema", lambda route: route.fulfill(status=503, json={}))

    page.goto(DOCS)

    expect(page.get_by_text("The calls can't be loaded.")).to_be_visible()
    expect(page.get_by_text("Loading the calls")).to_be_hidden()
    troubles.clear()  # The console shows the 503.


def test_until_the_calls_appear_the_page_says_that_it_loads_them(visit):
    page = visit("about:blank")
    held = []
    page.route("**/api/schema", lambda route: held.append(route))
    page.goto(DOCS)

    expect(page.get_by_text("Loading the calls")).to_be_visible()

    held[0].continue_()
    page.locator(".opblock").first.wait_for(timeout=PATIENCE_MS)
    expect(page.get_by_text("Loading the calls")).to_be_hidden()
