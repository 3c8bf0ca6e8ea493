"""The admin's form for an exercise, filled in as a browser does."""

import re
from html import unescape
from html.parser import HTMLParser

CHANGES = "/admin/exercises/exercise/"
ADD = f"{CHANGES}add/"


def change_path(exercise):
    return f"{CHANGES}{exercise.pk}/change/"


class Fields(HTMLParser):
    """What a browser would send of a page's form, by name. Fields that are sent several times are
    lists."""

    def __init__(self, page):
        super().__init__()
        self.values, self.textarea = {}, None
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "textarea":
            self.textarea = attrs["name"]
            self.values[self.textarea] = ""
        elif tag == "input" and self._is_sent(attrs):
            unnamed = "on" if attrs.get("type") == "checkbox" else ""
            self._add(attrs["name"], attrs.get("value") or unnamed)

    def handle_data(self, data):
        if self.textarea:
            self.values[self.textarea] += data

    def handle_endtag(self, tag):
        if tag == "textarea":
            text = self.values[self.textarea].removeprefix("\r").removeprefix("\n")
            self.values[self.textarea] = re.sub("\r?\n", "\r\n", text)
            self.textarea = None

    def _add(self, name, value):
        several = name in ("confirmed", "change")
        self.values[name] = [*self.values.get(name, []), value] if several else value

    @staticmethod
    def _is_sent(attrs):
        kind = attrs.get("type")
        is_off = kind in ("checkbox", "radio") and "checked" not in attrs
        return "name" in attrs and kind != "submit" and not is_off


def fields_of(response, form_id="exercise_form"):
    form = response.content.decode().split(f'id="{form_id}"')[1].split("</form>")[0]
    return Fields(form).values


def text_of(response):
    """What a page says, without its tags."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", response.content.decode())).split())
