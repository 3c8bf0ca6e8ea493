"""Serializer fields that convert no JSON types: "3" isn't a number, and 1 isn't true."""

import math
import re
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, NoReturn
from unicodedata import category

from bson import ObjectId
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from fitness_project.documents.ids import parse_object_id
from fitness_project.documents.instants import now

from .email_addresses import canonical
from .http.json import format_instant
from .text import FAULTS, clean_name, clean_text, fault_in_name, fault_in_text

MILLISECOND = timedelta(milliseconds=1)
LATEST = datetime.max.replace(tzinfo=UTC) - MILLISECOND
INVISIBLE = {"Cc", "Cf", "Zl", "Zp", "Zs"}
JOINERS = {"\u200c", "\u200d"}  # Domains in Persian and in languages of India contain them.
NOT_ASCII = "The part before the @ must be ASCII: only letters from a to z, digits and signs."
RFC_3339 = re.compile(
    r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:?\d{2})", re.ASCII
)


def parse_instant(text: object) -> datetime | None:
    """Parses an RFC 3339 timestamp that has an offset, which may lack its colon.

    Returns an aware datetime in UTC, truncated to milliseconds, or None if this isn't one.
    """
    if not isinstance(text, str) or not RFC_3339.fullmatch(text):
        return None
    try:
        value = datetime.fromisoformat(text.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return value.replace(microsecond=value.microsecond // 1000 * 1000)


class TextField(serializers.CharField):
    """A string, trimmed and in NFC. An empty string becomes null where null is allowed."""

    default_error_messages = {"invalid": "Expected a string.", **FAULTS}
    fault_in = staticmethod(fault_in_text)
    clean = staticmethod(clean_text)

    def run_validation(self, data: object = serializers.empty) -> Any:
        if isinstance(data, str):
            if fault := self.fault_in(data):
                self.fail(fault)
            data = self.clean(data)
            if not data and self.allow_null:
                data = None
        elif data is not None and data is not serializers.empty:
            self.fail("invalid")
        return super().run_validation(data)


class NameField(TextField):
    """A single line, of which something is visible."""

    fault_in = staticmethod(fault_in_name)
    clean = staticmethod(clean_name)


class EmailField(TextField, serializers.EmailField):
    """An e-mail address in lower case, at most 254 characters long."""

    default_error_messages = {"invalid": "Enter a valid e-mail address."}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=254, **kwargs)

    def to_internal_value(self, data: str) -> str:
        if not data.rpartition("@")[0].isascii():
            raise serializers.ValidationError(NOT_ASCII, "invalid")
        if INVISIBLE.intersection(map(category, set(data) - JOINERS)):
            self.fail("invalid")
        return super().to_internal_value(data).lower()

    def run_validators(self, value: str) -> None:
        """In whichever spelling an address is sent, the stored one is checked."""
        super().run_validators(canonical(value))


@extend_schema_field({"type": "string", "format": "password", "maxLength": 1024})
class PasswordField(serializers.CharField):
    """A password of at most 1,024 bytes, neither trimmed nor normalized.

    `autocomplete` tells browsers, in HTML's words, which password to suggest.
    """

    autocomplete = "current-password"

    default_error_messages = {
        "invalid": "Expected a string.",
        "max_length": "Ensure this password has no more than 1,024 bytes.",
    }

    def __init__(self, **kwargs: Any) -> None:
        style = {"input_type": "password"}
        super().__init__(trim_whitespace=False, write_only=True, style=style, **kwargs)

    def to_internal_value(self, data: object) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        if len(data.encode(errors="surrogatepass")) > 1024:
            self.fail("max_length")
        return data


class IntegerField(serializers.IntegerField):
    """An integer. 3.0 is read as 3."""

    default_error_messages = {"invalid": "Expected an integer."}

    def to_internal_value(self, data: object) -> int:
        if type(data) is int:
            return data
        if type(data) is float and data.is_integer():
            return int(data)
        self.fail("invalid")


class NumberField(serializers.FloatField):
    """A finite number."""

    default_error_messages = {"invalid": "Expected a number."}

    def to_internal_value(self, data: object) -> float:
        if isinstance(data, bool) or not isinstance(data, int | float) or not math.isfinite(data):
            self.fail("invalid")
        return float(data) + 0.0  # Turns -0.0 into 0.0.


class BooleanField(serializers.BooleanField):
    """true or false, and not 1, "true" or the like."""

    default_error_messages = {"invalid": "Expected true or false."}

    def to_internal_value(self, data: object) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid")
        return data


class ListField(serializers.ListField):
    default_error_messages = {"not_a_list": "Expected an array."}


@extend_schema_field({"type": "string", "pattern": "^[0-9a-fA-F]{24}$"})
class ObjectIdField(serializers.Field[ObjectId, object, str, Any]):
    """An id, written as 24 hexadecimal digits."""

    default_error_messages = {"invalid": "Expected an id: a string of 24 hexadecimal digits."}

    def to_internal_value(self, data: object) -> ObjectId:
        value = parse_object_id(data)
        if value is None:
            self.fail("invalid")
        return value

    def to_representation(self, value: ObjectId) -> str:
        return str(value)


class ReferenceField(ObjectIdField):
    """The id of a document. Pages show its name, and let people search for it.

    `to` is the basename of the document's routes. `names` returns the names of documents, without
    those that the user doesn't have. `choices` returns the ids and names that match a text best, an
    equal name first.
    """

    to: ClassVar[str]

    def named(self, document_id: ObjectId, user: Any) -> str | None:
        return self.names([document_id], user).get(document_id)

    def names(self, document_ids: Collection[ObjectId], user: Any) -> dict[ObjectId, str]:
        raise NotImplementedError

    def choices(self, text: str, user: Any) -> list[tuple[ObjectId, str]]:
        raise NotImplementedError


class InstantField(serializers.DateTimeField):
    """An instant: read with any offset, and written in UTC with milliseconds."""

    default_error_messages = {
        "invalid": "Expected an RFC 3339 timestamp with an offset, such as 2026-11-22T19:57:00Z.",
    }

    def to_internal_value(self, value: object) -> datetime:
        instant = parse_instant(value)
        if instant is None:
            self.fail("invalid")
        return instant

    def to_representation(self, value: datetime) -> str:
        return format_instant(value)


class PastInstantField(InstantField):
    """An instant from 1970 to 24 hours from now."""

    EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
    default_error_messages = {
        "min_value": "Ensure this date is not before 1970-01-01T00:00:00Z.",
        "max_value": "Ensure this date is not more than 24 hours in the future.",
    }

    def to_internal_value(self, value: object) -> datetime:
        instant = super().to_internal_value(value)
        if instant < self.EARLIEST:
            self.fail("min_value")
        if instant > now() + timedelta(hours=24):
            self.fail("max_value")
        return instant


class ChoiceField(serializers.ChoiceField):
    """One of a few strings."""

    default_error_messages = {"invalid_choice": "Expected one of: {choices}."}

    def fail(self, key: str, **kwargs: Any) -> NoReturn:
        super().fail(key, choices=", ".join(map(str, self.choices)), **kwargs)


class QueryInstantField(InstantField):
    """A bound for stored instants, rounded up to whole milliseconds, as they are stored."""

    default_error_messages = {
        "plus": "Write the + of the offset as %2B: a + in a query string means a space."
    }

    def to_internal_value(self, value: object) -> datetime:
        text = str(value)
        if " " in text and parse_instant("+".join(text.rsplit(" ", 1))):
            self.fail("plus")
        instant = super().to_internal_value(text)
        is_finer = re.search(r"\.\d{3}0*[1-9]", text)
        return instant + MILLISECOND if is_finer and instant <= LATEST else instant


class QueryBooleanField(ChoiceField):
    """`true` or `false` in a query string."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=["true", "false"], **kwargs)
        self.choice_strings_to_values = {"true": True, "false": False}


class PageSizeField(TextField):
    """A whole number in a query string, from 1 to 100."""

    default_error_messages = {"range": "Expected a whole number from 1 to 100."}

    def to_internal_value(self, data: str) -> Any:
        if not re.fullmatch(r"\d{1,9}", data, re.ASCII) or not 1 <= int(data) <= 100:
            self.fail("range")
        return int(data)
