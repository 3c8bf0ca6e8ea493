"""A curator saves what the list shows."""

import csv
import io
import json
import re

import pytest

from .curators import add_exercises
from .keyboard import tab_to
from .screens import on_every_screen

EXERCISES = "/admin/exercises/exercise/"
PLAIN, ODD = "Jefferson Squat", "Jefferson Curl: 3 × „slow“"
READERS = {
    "CSV": lambda content: csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")),
    "JSON": json.loads,
}


@pytest.fixture(scope="module", autouse=True)
def _exercises(service):
    add_exercises(
        service,
        {"name": PLAIN, "description": "- Straddle the bar.\n- Stand up."},
        {"name": ODD, "level": "expert"},
    )


@on_every_screen
@pytest.mark.parametrize("form", READERS)
def test_a_curator_exports_the_list_by_keyboard(visit, curator, form, tmp_path):
    page = visit(f"{EXERCISES}?q=jefferson", curator)

    tab_to(page, page.locator(".exercise-export").get_by_role("link", name=form))
    with page.expect_download() as saved:
        page.keyboard.press("Enter")

    name = saved.value.suggested_filename
    assert re.fullmatch(rf"exercises-\d{{4}}-\d\d-\d\d\.{form.lower()}", name)
    saved.value.save_as(tmp_path / name)
    rows = READERS[form]((tmp_path / name).read_bytes())
    assert {row["name"] for row in rows} == {PLAIN, ODD}
    assert page.url.endswith("?q=jefferson")


def test_an_export_is_what_the_filters_leave(visit, curator, tmp_path):
    page = visit(f"{EXERCISES}?q=jefferson&level=expert", curator)

    with page.expect_download() as saved:
        page.get_by_text("Export this exercise as").get_by_role("link", name="JSON").click()

    saved.value.save_as(tmp_path / "file")
    assert [row["name"] for row in json.loads((tmp_path / "file").read_bytes())] == [ODD]
