"""How people read single values."""

from datetime import datetime

import pytest
from bson import ObjectId

from fitness_project.api.pages.values import NOTHING, show_plain


def in_plain_spaces(text):
    return text.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("kilograms", "shown"),
    [
        (60.0, "60 kg"),
        (62.5, "62.5 kg"),
        (-20, "-20 kg"),
        (0.0, "0 kg"),
        (1e-07, "0.0000001 kg"),
    ],
)
def test_weights_are_in_kilograms(kilograms, shown):
    assert in_plain_spaces(show_plain("weight", kilograms)) == shown


@pytest.mark.parametrize(
    ("kilograms", "shown"),
    [
        (60.0, "60 kg (132.3 lb)"),
        (102.058_283_25, "102.05828325 kg (225.0 lb)"),
        (1e300, f"{10**300} kg ({1e300 / 0.45359237:.1f} lb)"),
    ],
)
def test_weights_are_in_pounds_too_for_those_who_use_them(kilograms, shown):
    assert in_plain_spaces(show_plain("weight", kilograms, "lb")) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(3900, "1 h 5 min"), (59, "59 s"), (604_800, "168 h"), (3661, "1 h 1 min 1 s"), (0, "0 s")],
)
def test_durations_are_in_hours_minutes_and_seconds(seconds, shown):
    assert show_plain("durationSeconds", seconds) == shown


def test_instants_say_their_time_zone_and_keep_their_milliseconds():
    shown = show_plain("date", datetime(2026, 11, 4, 7, 5, 9, 120_000))

    assert shown == ('<time datetime="2026-11-04T07:05:09.120Z">4 November 2026, 07:05 UTC</time>')


def test_texts_are_not_markup():
    assert "<b>" not in show_plain("notes", "<b>fast</b>")


def test_addresses_are_links():
    assert 'href="https://example.com/a.gif?b=1&amp;c"' in show_plain(
        "gifUrl", "https://example.com/a.gif?b=1&c"
    )


@pytest.mark.parametrize("value", [None, ""])
def test_fields_without_a_value_say_so(value):
    assert show_plain("notes", value) == NOTHING


@pytest.mark.parametrize(("value", "shown"), [(True, "Yes"), (False, "No"), (3, "3"), (0.5, "0.5")])
def test_other_values_are_shown_as_they_are(value, shown):
    assert show_plain("other", value) == shown


def test_ids_are_code():
    assert show_plain("id", ObjectId("a" * 24)) == f"<code>{'a' * 24}</code>"
