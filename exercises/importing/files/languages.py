"""Finds the languages of a file's rows, and chooses one."""

import re
from collections import Counter
from functools import lru_cache
from typing import Any, NamedTuple

from django.conf.locale import LANG_INFO

from .columns import MAX_LENGTH, field_of, plain
from .rows import BadFile, Entry

CODES = frozenset(code for code in LANG_INFO if len(code) == 2)
LANGUAGE_COLUMNS = ("language", "lang", "locale")
SUFFIX = re.compile(r"(.+?)[\s_.:(\[-]+([a-zA-Z]{2})[)\]]?")

UNNAMED = "unnamed"


class Text(NamedTuple):
    """A text in a language. `label` is what the file calls it."""

    language: str
    column: str
    value: Any
    label: str


def split_languages(entry: Entry) -> list[Entry]:
    """Makes an entry of each language in which the row has a name.

    Languages are told by a column `language`, by columns such as `name_de`, or by an object such as
    `{"de": …, "en": …}` in place of a text. Names beside `name_de` are in the language UNNAMED.
    """
    common: dict[str, Any] = {}
    texts: list[Text] = []
    for key, value in entry.values.items():
        if plain(key) in LANGUAGE_COLUMNS and isinstance(value, str | int):
            entry.language = language_code(value) if value else None
            continue
        found = _translations(key, value)
        texts += found
        if not found:
            common[key] = value
    names = [text for text in texts if is_name(text.column)]
    if not names:
        entry.values = _without_language(entry.values) if texts else common
        return [entry]
    codes = [text.language for text in names if text.value]
    if not codes or any(value for key, value in common.items() if is_name(key)):
        codes.append(entry.language or UNNAMED)
    return [_in_language(code, entry, common, texts) for code in dict.fromkeys(codes)]


def _in_language(code: str, entry: Entry, common: dict[str, Any], texts: list[Text]) -> Entry:
    """Names the texts in other languages as unused."""
    values = {text.column: text.value for text in texts if text.language == code}
    unused = [text.label for text in texts if text.language != code and text.value]
    unused += [key for key in common if key in values and common[key]]
    return Entry(entry.line, common | values, code, [*entry.unused, *unused], entry.fault)


def language_code(value: str | int) -> str:
    return str(value).strip().lower().replace("_", "-")[:MAX_LENGTH]


def count_languages(entries: list[Entry]) -> dict[str, int]:
    """The most frequent first."""
    return dict(Counter(entry.language for entry in entries if entry.language).most_common())


def choose_language(languages: dict[str, int], wanted: str | None) -> str | None:
    """The language to import, or None if the file has several and none is wanted.

    Raises BadFile if the file doesn't have the one wanted.
    """
    if wanted is None:
        return next(iter(languages)) if len(languages) == 1 else None
    if not languages:
        raise BadFile("The file doesn't say in which languages it is, so none can be chosen.")
    if language_code(wanted) not in languages:
        raise BadFile(f"The file's languages are {', '.join(languages)}, and not {wanted[:40]}.")
    return language_code(wanted)


def _translations(key: str, value: Any) -> list[Text]:
    if isinstance(value, dict):
        is_field = field_of(key) is not None and len(value) <= len(CODES)
        codes = {text: language_code(text) for text in value} if is_field else {}
        if codes and all(code.partition("-")[0] in CODES for code in codes.values()):
            return [Text(code, key, value[text], f"{key} ({text})") for text, code in codes.items()]
    elif split := _split_suffix(key):
        return [Text(split[1], split[0], value, key)]
    return []


@lru_cache(maxsize=2_000)
def _split_suffix_of_short(key: str) -> tuple[str, str] | None:
    match = SUFFIX.fullmatch(key)
    # `category_id` isn't Indonesian.
    if match and (code := match[2].lower()) in CODES - {"id"} and field_of(match[1]):
        return match[1], code
    return None


def _split_suffix(key: str) -> tuple[str, str] | None:
    return _split_suffix_of_short(key) if len(key) <= MAX_LENGTH else None


def is_name(column: str) -> bool:
    """Whether it is the column `name`, without a language."""
    found = field_of(column)
    return found is not None and found[0] == "name"


def without_suffix(column: str) -> str:
    """`name` for `name_de`."""
    split = _split_suffix(column)
    return split[0] if split else column


def _without_language(values: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if plain(key) not in LANGUAGE_COLUMNS}
