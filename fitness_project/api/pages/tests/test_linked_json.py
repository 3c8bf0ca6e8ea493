from html import unescape

import orjson
import pytest
from bson import ObjectId
from django.utils.html import strip_tags

from fitness_project.api.pages.linked_json import linked_json

ID = ObjectId("0123456789abcdef01234567")


def test_ids_with_an_address_are_links():
    shown = linked_json({"id": ID, "other": ObjectId("f" * 24)}, {str(ID): "/api/routines/1"})

    assert f'"<a href="/api/routines/1">{ID}</a>"' in unescape(shown)
    assert shown.count("<a ") == 1


def test_addresses_are_links():
    assert '<a href="https://a.test/?b=1&amp;c=2">' in linked_json(["https://a.test/?b=1&c=2"], {})


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        '"><b>',
        "https://a.test/<b>",
        "javascript:alert(1)",
        '\\"',
        "a\nb",
    ],
)
def test_the_json_is_what_a_client_gets(text):
    shown = linked_json({"id": ID, "notes": text}, {str(ID): "/api/routines/1"})

    assert orjson.loads(unescape(strip_tags(shown))) == {"id": str(ID), "notes": text}
    assert "<script" not in shown
    assert 'href="javascript' not in shown
