"""The guide for client developers, docs/clients.md, as HTML."""

from functools import cache
from itertools import pairwise
from typing import NamedTuple

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from mdit_py_plugins.anchors import anchors_plugin

GUIDE = settings.BASE_DIR / "docs" / "clients.md"


class Section(NamedTuple):
    anchor: str
    title: str


class Guide(NamedTuple):
    title: str
    html: SafeString
    sections: list[Section]


@cache
def guide() -> Guide:
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    markdown.use(anchors_plugin, min_level=1, max_level=4)
    tokens = markdown.parse(GUIDE.read_text(encoding="utf-8"))
    headings = [
        (token.tag, Section(str(token.attrs["id"]), text.content))
        for token, text in pairwise(tokens)
        if token.type == "heading_open"
    ]
    html = markdown.renderer.render(tokens, markdown.options, {})
    title = next(heading.title for tag, heading in headings if tag == "h1")
    sections = [heading for tag, heading in headings if tag == "h2"]
    return Guide(title, mark_safe(html), sections)  # noqa: S308 - HTML in the source is escaped
