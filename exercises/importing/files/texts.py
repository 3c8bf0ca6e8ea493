"""Makes plain text of HTML."""

import re
from html import unescape

BLOCKS = frozenset(
    {"p", "br", "div", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "table", "tr", "ul", "ol", "li"}
    | {"section", "article", "blockquote", "pre"}
)
CELLS = frozenset({"td", "th"})
INLINE = frozenset(
    {"span", "b", "i", "u", "s", "em", "strong", "small", "big", "a", "img", "font", "code"}
    | {"sub", "sup", "tbody", "thead"}
)
KNOWN = BLOCKS | CELLS | INLINE
# Python's own parser takes minutes for some texts. This takes time in proportion to the text, since
# it doesn't look past the next `<`.
TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,9}+)(?:\s[^<>]*+)?+/?>")
ENTITY = re.compile(r"&(?:[a-zA-Z]{2,8}|#\d{1,7}|#[xX][0-9a-fA-F]{1,6});")


def plain_text(text: str) -> str:
    """Returns HTML as lines of text, with list items marked. Other text is returned as it is."""
    if any(match[2].lower() in KNOWN for match in TAG.finditer(text)):
        return _Lines(_without_comments(text)).text()
    return unescape(text) if ENTITY.search(text) else text


def _without_comments(text: str) -> str:
    first, *others = text.split("<!--")
    return first + "".join(other.partition("-->")[2] for other in others)


class _Lines:
    """The lines of an HTML text."""

    def __init__(self, source: str):
        self.lines: list[str] = []
        self.line: list[str] = []
        self.mark = ""
        # For each list around the place: the number of its last item, if they have numbers.
        self.lists: list[int | None] = []
        end = 0
        for match in TAG.finditer(source):
            if (tag := match[2].lower()) in KNOWN:
                self._add(source[end : match.start()])
                self._tag(tag, is_end=bool(match[1]))
                end = match.end()
        self._add(source[end:])
        self._end_line()

    def text(self) -> str:
        return "\n".join(self.lines)

    def _add(self, text: str) -> None:
        if text:
            self.line.append(text)

    def _tag(self, tag: str, is_end: bool) -> None:
        if tag in BLOCKS:
            self._end_line()
        elif tag in CELLS:
            self.line.append(" ")
        if tag == "li" and not is_end:
            self.mark = self._next_mark()
        elif tag in ("ul", "ol") and not is_end:
            self.lists.append(0 if tag == "ol" else None)
        elif tag in ("ul", "ol") and self.lists:
            self.lists.pop()

    def _next_mark(self) -> str:
        number = self.lists[-1] if self.lists else None
        if number is None:
            return "- "
        self.lists[-1] = number + 1
        return f"{number + 1}. "

    def _end_line(self) -> None:
        line = " ".join(unescape("".join(self.line)).split()) if self.line else ""
        self.line.clear()
        if line:
            self.lines.append(self.mark + line)
            self.mark = ""
