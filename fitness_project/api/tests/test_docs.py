"""Pages for client developers."""

import re

import pytest
from django.contrib.staticfiles import finders

from fitness_project.api.problems.codes import TABLE
from fitness_project.api.problems.field_codes import FIELD_CODES

PAGES = ("/api/docs", "/api/docs/errors", "/api/docs/guide")
pytestmark = pytest.mark.django_db


def page_at(client, path):
    response = client.get(path, headers={"accept": "text/html"})
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("path", PAGES)
def test_a_page_responds_to_anybody_with_and_without_a_slash(client, path):
    stale = client.get(path, headers={"authorization": "Bearer stale"})

    assert stale.status_code == 200
    assert "<h1" in page_at(client, path)
    assert "<h1" in page_at(client, f"{path}/")


@pytest.mark.parametrize("path", PAGES)
def test_a_page_loads_nothing_from_other_hosts(client, path):
    loaded = re.findall(r'<(?:script|link|img)[^>]+(?:src|href)="([^"]+)"', page_at(client, path))

    assert loaded
    assert all(finders.find(address.removeprefix("/static/")) for address in loaded)


def test_every_code_has_advice(client):
    page = page_at(client, "/api/docs/errors")

    anchors = set(re.findall(r'id="([^"]+)"', page))
    assert {code.name for code in TABLE} <= anchors
    assert {f"field-{name}" for name in FIELD_CODES} <= anchors
    assert not re.findall(r"<dd>\s*</dd>", page)
    assert "<code>Retry-After</code>" in page


def test_the_guide_has_a_table_of_contents(client):
    page = page_at(client, "/api/docs/guide")

    linked = re.findall(r'href="#([^"]+)"', page)
    anchors = re.findall(r'id="([^"]+)"', page)
    assert len(linked) > 5
    assert set(linked) <= set(anchors)
    assert len(set(anchors)) == len(anchors)


def test_the_guide_has_the_address_of_the_service(client, settings):
    settings.ALLOWED_HOSTS = ["fit.example"]

    page = client.get("/api/docs/guide", headers={"host": "fit.example:8443"}).content.decode()

    assert "API=http://fit.example:8443/api" in page
    assert "127.0.0.1:8000" not in page
