"""What a form calls the fields, for people."""

import re

from rest_framework.fields import Field

from ..fields import InstantField, ReferenceField

WORD = re.compile(r"(?<=[a-z])(?=[A-Z])")


def label_of(field: Field) -> str:
    """The field's own label, or the words of its name: `defaultSets` is “Default sets”."""
    name = str(field.field_name)
    own = field.style.get("label")
    if own:
        return str(own)
    if isinstance(field, ReferenceField):
        return field.to.capitalize()
    words = WORD.sub(" ", name).capitalize()
    return f"{words} (UTC)" if isinstance(field, InstantField) else words
