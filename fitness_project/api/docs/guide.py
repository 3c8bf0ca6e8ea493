"""The guide for client developers, docs/clients.md, as HTML."""

from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from django.conf import settings
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify

if TYPE_CHECKING:
    from markdown_it.token import Token

GUIDE = settings.BASE_DIR / "docs" / "clients.md"
SERVICE = "http://127.0.0.1:8000"  # In the file's examples.
TITLE_TOKENS = 3  # Its start, its text and its end. The page has it above the contents.


class Section(NamedTuple):
    anchor: str
    title: str


class Guide(NamedTuple):
    title: str
    html: SafeString
    sections: list[Section]


def guide(service: str) -> Guide:
    """With the address of this service in the examples."""
    found = _guide()
    html = found.html.replace(SERVICE, escape(service))
    return found._replace(html=mark_safe(html))  # noqa: S308 - only escaped text is added


@cache
def _guide() -> Guide:
    from markdown_it import MarkdownIt  # Most processes never need its sixty modules.

    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = markdown.parse(GUIDE.read_text(encoding="utf-8"))
    (_, title), *headings = _with_anchors(tokens)
    html = markdown.renderer.render(tokens[TITLE_TOKENS:], markdown.options, {})
    sections = [section for tag, section in headings if tag == "h2"]
    return Guide(title.title, mark_safe(html), sections)  # noqa: S308 - HTML in it is escaped


def _with_anchors(tokens: "list[Token]") -> list[tuple[str, Section]]:
    """Gives the headings the same ids as GitHub does, and returns them with their tags."""
    headings = []
    for heading, text in pairwise(tokens):
        if heading.type == "heading_open":
            section = Section(slugify(text.content), text.content)
            heading.attrSet("id", section.anchor)
            headings.append((heading.tag, section))
    return headings
