"""Fields convert no JSON types, clean text, and read instants to the millisecond."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from bson import ObjectId
from hypothesis import given
from hypothesis import strategies as st
from rest_framework.serializers import ValidationError

from fitness_project.api import fields

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
ALL = [
    fields.TextField(max_length=10),
    fields.NameField(max_length=10),
    fields.EmailField(),
    fields.PasswordField(),
    fields.IntegerField(min_value=1, max_value=100),
    fields.NumberField(min_value=0, max_value=2000),
    fields.BooleanField(),
    fields.ObjectIdField(),
    fields.InstantField(),
    fields.PastInstantField(),
]


@given(value=json_values, field=st.sampled_from(ALL))
def test_any_value_is_valid_or_gets_a_validation_error(value, field):
    with suppress(ValidationError):
        field.run_validation(value)


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        (fields.TextField(), "  Bench\r\nPress\r ", "Bench\nPress"),
        (fields.TextField(), "cafe\u0301", "café"),
        (fields.TextField(), "a\tb", "a\tb"),
        (fields.TextField(allow_null=True), "  ", None),
        (fields.TextField(), "a\u2028b", "a\u2028b"),
        (fields.TextField(), "\u200b", "\u200b"),
        (fields.NameField(), " Bench\tPress\n", "Bench\tPress"),
        (
            fields.NameField(),
            "Yoga \U0001f9d8\u200d\u2640\ufe0f",
            "Yoga \U0001f9d8\u200d\u2640\ufe0f",
        ),
        (fields.NameField(allow_null=True), "\u200b", None),
        (fields.EmailField(), " Ann@Example.COM ", "ann@example.com"),
        (fields.PasswordField(), " cafe\u0301 ", " cafe\u0301 "),
        (fields.IntegerField(), 3.0, 3),
        (fields.NumberField(), 60, 60.0),
        (fields.ObjectIdField(), "ABCDEF0123456789abcdef01", ObjectId("abcdef0123456789abcdef01")),
    ],
)
def test_a_valid_value_is_cleaned(field, value, expected):
    result = field.run_validation(value)

    assert result == expected
    assert type(result) is type(expected)


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        (fields.TextField(), 5, "invalid"),
        (fields.TextField(), True, "invalid"),
        (fields.TextField(), ["a"], "invalid"),
        (fields.TextField(), "   ", "blank"),
        (fields.TextField(), "a\x00b", "control_characters"),
        (fields.TextField(), "a\x1bb", "control_characters"),
        (fields.TextField(), "\x85", "control_characters"),
        (fields.TextField(), "a\u202db", "control_characters"),
        (fields.TextField(), "a\u202eb", "control_characters"),
        (fields.NameField(), "Bench\nPress", "line_breaks"),
        (fields.NameField(), "Bench\r\nPress", "line_breaks"),
        (fields.NameField(), "Bench\u2028Press", "line_breaks"),
        (fields.NameField(), "Bench\u2029Press", "line_breaks"),
        (fields.NameField(), "\u200b\u2060\ufeff", "blank"),
        (fields.NameField(), "\u3164 \u115f\u2800\ufe0f", "blank"),
        (fields.NameField(allow_null=True), "\x1c", "control_characters"),
        (fields.TextField(), "\ud800", "surrogate_characters_not_allowed"),
        (fields.IntegerField(), "3", "invalid"),
        (fields.IntegerField(), True, "invalid"),
        (fields.IntegerField(), 3.5, "invalid"),
        (fields.IntegerField(max_value=5), 1e300, "max_value"),
        (fields.NumberField(), "60", "invalid"),
        (fields.NumberField(), False, "invalid"),
        (fields.NumberField(), float("inf"), "invalid"),
        (fields.NumberField(), float("nan"), "invalid"),
        (fields.BooleanField(), "true", "invalid"),
        (fields.BooleanField(), 1, "invalid"),
        (fields.ObjectIdField(), "ab cdef0123456789abcdef0", "invalid"),
        (fields.ObjectIdField(), "１" * 24, "invalid"),
        (fields.ObjectIdField(), 123456789012345678901234, "invalid"),
    ],
)
def test_an_invalid_value_is_refused(field, value, code):
    with pytest.raises(ValidationError) as refusal:
        field.run_validation(value)

    assert refusal.value.detail[0].code == code


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-11-22T19:57:00Z", datetime(2026, 11, 22, 19, 57, tzinfo=UTC)),
        ("2026-11-22t19:57:00z", datetime(2026, 11, 22, 19, 57, tzinfo=UTC)),
        ("2026-11-22T19:57:00.1239+01:00", datetime(2026, 11, 22, 18, 57, 0, 123000, tzinfo=UTC)),
        ("2026-11-22T00:30:00-05:30", datetime(2026, 11, 22, 6, 0, tzinfo=UTC)),
        ("2026-11-22T00:30:00-0530", datetime(2026, 11, 22, 6, 0, tzinfo=UTC)),
        ("2026-11-22T19:57:00.5+0100", datetime(2026, 11, 22, 18, 57, 0, 500000, tzinfo=UTC)),
        ("2024-02-29T00:00:00Z", datetime(2024, 2, 29, tzinfo=UTC)),
    ],
)
def test_an_instant_is_rfc_3339_with_an_offset(text, instant):
    assert fields.parse_instant(text) == instant


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-22T19:57:00",
        "2026-11-22",
        "20261122T195700Z",
        "2026-11-22T19:57:00+01",
        "2026-11-22T19:57:00+1:00",
        "2026-11-22T19:57:00+24:00",
        "2026-W47-7T00:00:00Z",
        "2026-02-30T00:00:00Z",
        "2026-11-22T24:01:00Z",
        "2026-11-22T19:57:60Z",
        "0001-01-01T00:00:00+23:59",
        "9999-12-31T23:59:59-23:59",
        "２０２６-11-22T19:57:00Z",
        "2026-11-22T19:57:00Z\n",
        1,
        None,
    ],
)
def test_anything_else_is_not_an_instant(text):
    assert fields.parse_instant(text) is None


def test_a_date_must_lie_between_1970_and_24_hours_from_now():
    field, now = fields.PastInstantField(), datetime.now(UTC)

    assert field.run_validation("1970-01-01T00:00:00Z")
    assert field.run_validation((now + timedelta(hours=23, minutes=59)).isoformat())
    for outside in ("1969-12-31T23:59:59Z", (now + timedelta(hours=24, minutes=1)).isoformat()):
        with pytest.raises(ValidationError):
            field.run_validation(outside)


@given(st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1)))
def test_an_instant_survives_a_round_trip(value):
    value = value.replace(microsecond=value.microsecond // 1000 * 1000, tzinfo=UTC)

    assert fields.parse_instant(fields.format_instant(value)) == value
