"""Shows single values of a response as people read them."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from bson import ObjectId
from django.utils.dateformat import format as format_date
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator

from ..http.json import format_instant

# In kilograms.
POUND = 0.45359237
NOTHING = mark_safe('<span class="nothing">none</span>')
MINUTE, HOUR = 60, 3600
NO_BREAK = "\N{NO-BREAK SPACE}"


def show_plain(name: str, value: object, weight_unit: str = "kg") -> SafeString:
    """A value that refers to nothing. Its name says its unit, as in the whole API."""
    match value:
        case None | "":
            return NOTHING
        case bool():
            return format_html("{}", "Yes" if value else "No")
        case int() | float() if name == "weight":
            return show_weight(value, weight_unit)
        case int() if name.endswith("Seconds"):
            return format_html("{}", duration(value))
        case float():
            return format_html("{}", number(value))
        case datetime():
            return show_instant(value)
        case ObjectId():
            return format_html("<code>{}</code>", str(value))
        case str() if name.endswith("Url"):
            return format_html('<a href="{}" rel="noreferrer">{}</a>', value, value)
        case str():
            return format_html('<span class="text">{}</span>', value)
    return format_html("{}", str(value))


def show_instant(value: datetime) -> SafeString:
    return format_html('<time datetime="{}">{}</time>', format_instant(value), spoken(value))


def spoken(value: datetime) -> str:
    """An instant in UTC, such as "24 November 2026, 19:57 UTC"."""
    return format_date(value, "j F Y, H:i") + " UTC"


def show_weight(kilograms: float, unit: str) -> SafeString:
    """In kilograms, and beside them in pounds for those who use these."""
    shown = f"{number(kilograms)}{NO_BREAK}kg"
    if unit == "lb":
        shown += f" ({kilograms / POUND:.1f}{NO_BREAK}lb)"
    return format_html("{}", shown)


def number(value: float) -> str:
    """Without `.0`, and without an exponent."""
    return f"{Decimal(str(value)):f}".removesuffix(".0")


def duration(seconds: int) -> str:
    """Such as "1 h 5 min" or "40 s"."""
    hours, rest = divmod(seconds, HOUR)
    minutes, left = divmod(rest, MINUTE)
    parts = [(hours, "h"), (minutes, "min"), (left, "s")]
    return " ".join(f"{count} {unit}" for count, unit in parts if count) or "0 s"


def shortened(value: object) -> object:
    """A text for a cell of a table."""
    return Truncator(value).chars(80) if isinstance(value, str) else value


def joined(shown: Sequence[SafeString]) -> SafeString:
    return format_html_join(", ", "{}", ((each,) for each in shown)) if shown else NOTHING


def spoken_text(value: object) -> str:
    return spoken(value) if isinstance(value, datetime) else str(value)
