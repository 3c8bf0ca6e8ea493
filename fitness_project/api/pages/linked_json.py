"""A response as JSON, in which the ids and addresses that lead somewhere are links."""

import re
from collections.abc import Mapping
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from ..http.json import dump_json

MAY_LEAD_SOMEWHERE = re.compile(r'(?<=")([0-9a-f]{24}|https?://[^"\\\s]+)(?=")', re.ASCII)


def linked_json(data: Any, links: Mapping[str, str]) -> SafeString:
    """`links` are the addresses of documents by their ids."""
    parts = MAY_LEAD_SOMEWHERE.split(dump_json(data, indent=True).decode())
    # Between any two parts that don't match is one that does.
    shown = (_linked(part, links) if place % 2 else part for place, part in enumerate(parts))
    return format_html_join("", "{}", ((part,) for part in shown))


def _linked(text: str, links: Mapping[str, str]) -> str | SafeString:
    address = links.get(text) or (text if text.startswith("http") else None)
    return text if address is None else format_html('<a href="{}">{}</a>', address, text)
