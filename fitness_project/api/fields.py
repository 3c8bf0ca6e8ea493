"""Serializer fields that take JSON's types as they are: a number is no string, true no number."""

import math
import re
from datetime import UTC, datetime, timedelta
from unicodedata import category, normalize

from django.core.validators import EmailValidator
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from fitness_project.documents.ids import parse_object_id

from .http.json import format_instant

MILLISECOND = timedelta(milliseconds=1)
LATEST = datetime.max.replace(tzinfo=UTC) - MILLISECOND
LINE_BREAKS = re.compile(r"\r\n?")
CONTROL_CHARACTERS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
INVISIBLE = {"Cc", "Cf", "Zl", "Zp", "Zs"}
RFC_3339 = re.compile(
    r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})", re.ASCII
)


def clean_text(text: str) -> str:
    """Trimmed, NFC, line breaks as `\\n`."""
    return normalize("NFC", LINE_BREAKS.sub("\n", text)).strip()


def parse_instant(text) -> datetime | None:
    """An aware datetime in UTC, cut to milliseconds, from RFC 3339 with an offset, or None."""
    if not isinstance(text, str) or not RFC_3339.fullmatch(text):
        return None
    try:
        value = datetime.fromisoformat(text.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return value.replace(microsecond=value.microsecond // 1000 * 1000)


class TextField(serializers.CharField):
    """A string: trimmed, NFC. An empty one counts as null where null is allowed."""

    default_error_messages = {
        "invalid": "Expected a string.",
        "control_characters": "Control characters other than tab and line break aren't allowed.",
    }

    def run_validation(self, data=serializers.empty):
        if isinstance(data, str):
            if CONTROL_CHARACTERS.search(data):
                self.fail("control_characters")
            data = clean_text(data)
            if not data and self.allow_null:
                data = None
        elif data is not None and data is not serializers.empty:
            self.fail("invalid")
        return super().run_validation(data)


class EmailField(TextField):
    """An e-mail address, lower-cased, at most 254 characters."""

    default_error_messages = {"invalid": "Enter a valid email address."}

    def __init__(self, **kwargs):
        super().__init__(max_length=254, **kwargs)
        self.validators.append(EmailValidator(message=self.error_messages["invalid"]))

    def to_internal_value(self, data):
        if not data.rpartition("@")[0].isascii() or INVISIBLE.intersection(map(category, data)):
            self.fail("invalid")
        return super().to_internal_value(data).lower()


@extend_schema_field({"type": "string", "format": "password", "maxLength": 1024})
class PasswordField(serializers.CharField):
    """A password, not touched: neither trimmed nor normalised. At most 1,024 bytes."""

    MAX_BYTES = 1024
    default_error_messages = {
        "invalid": "Expected a string.",
        "max_length": "Ensure this password has at most 1024 bytes.",
    }

    def __init__(self, **kwargs):
        kwargs.setdefault("style", {"input_type": "password"})
        super().__init__(trim_whitespace=False, write_only=True, **kwargs)

    def to_internal_value(self, data):
        if not isinstance(data, str):
            self.fail("invalid")
        if len(data.encode(errors="surrogatepass")) > self.MAX_BYTES:
            self.fail("max_length")
        return data


class IntegerField(serializers.IntegerField):
    """An integer; 3.0 is 3."""

    default_error_messages = {"invalid": "Expected an integer."}

    def to_internal_value(self, data):
        if type(data) is int:
            return data
        if type(data) is float and data.is_integer():
            return int(data)
        self.fail("invalid")


class NumberField(serializers.FloatField):
    """A finite number."""

    default_error_messages = {"invalid": "Expected a number."}

    def to_internal_value(self, data):
        if type(data) not in (int, float) or not math.isfinite(data):
            self.fail("invalid")
        return float(data) + 0.0  # -0.0 is 0.0.


class BooleanField(serializers.BooleanField):
    """true or false, and nothing that only looks like it."""

    default_error_messages = {"invalid": "Expected true or false."}

    def to_internal_value(self, data):
        if type(data) is not bool:
            self.fail("invalid")
        return data


@extend_schema_field({"type": "string", "pattern": "^[0-9a-fA-F]{24}$"})
class ObjectIdField(serializers.Field):
    """An id: 24 hexadecimal digits."""

    default_error_messages = {"invalid": "Expected an id: a string of 24 hexadecimal digits."}

    def to_internal_value(self, data):
        value = parse_object_id(data)
        if value is None:
            self.fail("invalid")
        return value

    def to_representation(self, value):
        return str(value)


class InstantField(serializers.DateTimeField):
    """An instant: RFC 3339 with an offset on the way in, UTC with milliseconds on the way out."""

    default_error_messages = {
        "invalid": "Expected an RFC 3339 instant with an offset, such as 2026-11-22T19:57:00Z.",
    }

    def to_internal_value(self, value):
        instant = parse_instant(value)
        if instant is None:
            self.fail("invalid")
        return instant

    def to_representation(self, value):
        return format_instant(value)


class PastInstantField(InstantField):
    """An instant from 1970 to 24 hours from now."""

    EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
    default_error_messages = {
        "min_value": "Ensure this instant is not before 1970-01-01T00:00:00Z.",
        "max_value": "Ensure this instant is not more than 24 hours from now.",
    }

    def to_internal_value(self, value):
        instant = super().to_internal_value(value)
        if instant < self.EARLIEST:
            self.fail("min_value")
        if instant > datetime.now(UTC) + timedelta(hours=24):
            self.fail("max_value")
        return instant


class ChoiceField(serializers.ChoiceField):
    default_error_messages = {"invalid_choice": "Expected one of: {choices}."}

    def fail(self, key, **kwargs):
        super().fail(key, choices=", ".join(map(str, self.choices)), **kwargs)


class QueryInstantField(InstantField):
    """A bound of stored instants, which are whole milliseconds: one between two is the later."""

    default_error_messages = {"plus": "Write the + of the offset as %2B: in a URL it is a space."}

    def to_internal_value(self, value):
        if " " in value and parse_instant("+".join(value.rsplit(" ", 1))):
            self.fail("plus")
        instant = super().to_internal_value(value)
        fraction = value.partition(".")[2].rstrip("Zz").partition("+")[0].partition("-")[0]
        if not fraction[3:].strip("0") or instant > LATEST:
            return instant
        return instant + MILLISECOND


class QueryBooleanField(ChoiceField):
    """`true` or `false` in a query string."""

    def __init__(self, **kwargs):
        super().__init__(choices=["true", "false"], **kwargs)

    def to_internal_value(self, data):
        return super().to_internal_value(data) == "true"


class QueryIntegerField(TextField):
    """Digits in a query string, from `min_value` to `max_value`."""

    default_error_messages = {
        "range": "Expected a whole number from {min_value} to {max_value}.",
    }

    def __init__(self, min_value, max_value, **kwargs):
        self.bounds = {"min_value": min_value, "max_value": max_value}
        super().__init__(**kwargs)

    def to_internal_value(self, data):
        if not re.fullmatch(r"\d{1,9}", data, re.ASCII):
            self.fail("range", **self.bounds)
        value = int(data)
        if not self.bounds["min_value"] <= value <= self.bounds["max_value"]:
            self.fail("range", **self.bounds)
        return value
