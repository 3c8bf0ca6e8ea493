"""Finds the languages of a file's rows, and chooses one."""

import re
from collections import Counter
from functools import lru_cache
from typing import Any

from django.conf.locale import LANG_INFO

from .columns import MAX_LENGTH, field_of, plain
from .rows import BadFile, Entry

CODES = frozenset(code for code in LANG_INFO if len(code) == 2)
LANGUAGE_COLUMNS = ("language", "lang", "locale")
SUFFIX = re.compile(r"(.+?)[\s_.:(\[-]+([a-zA-Z]{2})[)\]]?")


def split_languages(entry: Entry) -> list[Entry]:
    """Makes an entry of each language in which the row has a name.

    Languages are told by a column `language`, by columns such as `name_de`, or by an object such as
    `{"de": …, "en": …}` in place of a text.
    """
    common: dict[str, Any] = {}
    texts: dict[str, dict[str, Any]] = {}
    for key, value in entry.values.items():
        if plain(key) in LANGUAGE_COLUMNS and isinstance(value, str | int):
            entry.language = language_code(value) if value else None
            continue
        found = _translations(key, value)
        for code, (column, text) in found.items():
            texts.setdefault(code, {})[column] = text
        if not found:
            common[key] = value
    if not texts:
        entry.values = common
        return [entry]
    named = [code for code, values in texts.items() if any(map(_is_name, values))]
    if len(named) == 0 or (len(named) == 1 and any(map(_is_name, common))):
        entry.values = _without_language(entry.values)
        return [entry]
    return [
        Entry(entry.line, common | texts[code], code, list(entry.unused), entry.fault)
        for code in named
    ]


def language_code(value: str | int) -> str:
    return str(value).strip().lower().replace("_", "-")[:MAX_LENGTH]


def count_languages(entries: list[Entry]) -> dict[str, int]:
    """The most frequent first."""
    return dict(Counter(entry.language for entry in entries if entry.language).most_common())


def choose_language(languages: dict[str, int], wanted: str | None) -> str | None:
    """The language to import, or None if the file has several and none is wanted.

    Raises BadFile if the file has others than the one wanted.
    """
    if wanted is None or not languages:
        return next(iter(languages)) if len(languages) == 1 else None
    if language_code(wanted) not in languages:
        raise BadFile(f"The file's languages are {', '.join(languages)}, and not {wanted[:40]}.")
    return language_code(wanted)


def _translations(key: str, value: Any) -> dict[str, tuple[str, Any]]:
    """The column without its language, and its text, by language."""
    if isinstance(value, dict):
        is_field = field_of(key) is not None and len(value) <= len(CODES)
        codes = {text: language_code(text) for text in value} if is_field else {}
        if codes and all(code.partition("-")[0] in CODES for code in codes.values()):
            return {code: (key, value[text]) for text, code in codes.items()}
    elif split := _split_suffix(key):
        return {split[1]: (split[0], value)}
    return {}


@lru_cache(maxsize=2_000)
def _split_suffix_of_short(key: str) -> tuple[str, str] | None:
    match = SUFFIX.fullmatch(key)
    # `category_id` isn't Indonesian.
    if match and (code := match[2].lower()) in CODES - {"id"} and field_of(match[1]):
        return match[1], code
    return None


def _split_suffix(key: str) -> tuple[str, str] | None:
    return _split_suffix_of_short(key) if len(key) <= MAX_LENGTH else None


def _is_name(column: str) -> bool:
    found = field_of(column)
    return found is not None and found[0] == "name"


def _without_language(values: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if plain(key) not in LANGUAGE_COLUMNS}
