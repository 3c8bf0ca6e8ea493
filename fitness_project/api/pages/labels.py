"""What forms and filters call their fields, for people."""

from collections.abc import Collection

from bson import ObjectId
from rest_framework.fields import Field

from ..fields import InstantField
from .words import in_words


def label_of(field: Field) -> str:
    """The field's own label, or the words of its name."""
    label = str(field.style.get("label") or in_words(str(field.field_name)))
    return f"{label} (UTC)" if isinstance(field, InstantField) else label


def hint_of(field: Field) -> str:
    """The field's own hint, or what the API's description says of it."""
    return str(field.style.get("hint", field.help_text) or "")


def told_apart(found: Collection[tuple[ObjectId, str]]) -> list[tuple[str, str]]:
    """Ids with names, to which the id is added where several have the same one."""
    names = [name for _, name in found]
    return [
        (str(each), f"{name} ({each})" if names.count(name) > 1 else name) for each, name in found
    ]
