"""The TypeScript client, with the running service, in Node and in a browser."""

import re

import pytest

from .npm import TYPESCRIPT, npm

pytestmark = pytest.mark.timeout(900)

# What README's code needs of an app.
COPY = """
import type { SyncedPage } from "fitness-client";
declare const copy: { token(): Promise<string | null>; store(page: SyncedPage): Promise<void> };
"""
PAGE = """
<!doctype html>
<title>A web app</title>
<script type="importmap">{"imports": {"openapi-fetch": "/app/openapi-fetch.js"}}</script>
<script type="module">
  import { BrowserTokens, FitnessClient } from "/app/index.js";
  window.tokens = new BrowserTokens();
  window.client = new FitnessClient(location.origin, tokens);
</script>
"""
SIGN_UP = """async () => {
  await client.register({email: `${crypto.randomUUID()}@example.com`, password: "correct horse 9"});
  await tokens.write({...await tokens.read(), access: "expired"});
}"""
START_CALL = "() => { window.call = client.get('/api/auth/me'); }"
WAITS_FOR_THE_LOCK = "async () => (await navigator.locks.query()).pending.length === 1"
WITHOUT_LOCKS = "Object.defineProperty(navigator, 'locks', {value: undefined});"


@pytest.fixture(scope="module", autouse=True)
def _built():
    """Building it checks its types."""
    npm("ci")


def test_readme_shows_code_that_compiles(tmp_path):
    readme = (TYPESCRIPT / "README.md").read_text()
    (code,) = re.findall(r"```ts\n(.*?)```", readme, re.DOTALL)
    (tmp_path / "readme.ts").write_text(f"{COPY}\n{code}")
    (tmp_path / "package.json").write_text('{"type": "module"}')
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "node_modules/fitness-client").symlink_to(TYPESCRIPT)
    options = ("--strict", "--noEmit", "--target", "es2022", "--module", "nodenext")

    npm("exec", "--", "tsc", *options, tmp_path / "readme.ts")


def test_its_types_are_those_of_the_schema(service):
    npm("run", "generate", "--", "--check", url=service.url)


def test_it_does_what_its_tests_say(service):
    printed = npm("test", url=service.url)

    assert int(re.search(r"^# tests (\d+)$", printed, re.MULTILINE)[1]) > 20
    assert "\n# skipped 0\n" in printed


@pytest.fixture
def web_app(chromium, service):
    """Tabs of one browser, and the refreshes that they send, which wait for the test."""
    held = []
    with chromium.new_context(base_url=service.url) as context:
        context.route("**/app/**", serve_app)
        context.route("**/api/auth/refresh", lambda route: held.append(route))

        def open_tab():
            tab = context.new_page()
            tab.goto("/app/")
            tab.wait_for_function("window.client")
            return tab

        yield context, open_tab, held


def serve_app(route):
    name = route.request.url.rpartition("/app/")[2]
    if not name:
        route.fulfill(body=PAGE, content_type="text/html")
    elif name == "openapi-fetch.js":
        route.fulfill(path=TYPESCRIPT / "node_modules/openapi-fetch/dist/index.mjs")
    else:
        route.fulfill(path=TYPESCRIPT / "dist/src" / name)


def test_two_tabs_refresh_one_at_a_time(web_app):
    _, open_tab, held = web_app
    first, second = open_tab(), open_tab()
    first.evaluate(SIGN_UP)
    start_call_and_hold_its_refresh(first, held)

    second.evaluate(START_CALL)
    second.wait_for_function(WAITS_FOR_THE_LOCK)
    held[0].continue_()

    assert first.evaluate("call") == second.evaluate("call")
    assert len(held) == 1


def test_two_tabs_of_a_browser_without_locks_stay_signed_in(web_app):
    context, open_tab, held = web_app
    context.add_init_script(WITHOUT_LOCKS)
    first, second = open_tab(), open_tab()
    first.evaluate(SIGN_UP)
    start_call_and_hold_its_refresh(first, held)

    start_call_and_hold_its_refresh(second, held)
    for route in held:
        route.continue_()

    assert first.evaluate("call") == second.evaluate("call")
    assert len(held) == 2


def start_call_and_hold_its_refresh(tab, held):
    count = len(held)
    tab.evaluate(START_CALL)
    while len(held) == count:
        tab.wait_for_timeout(10)
