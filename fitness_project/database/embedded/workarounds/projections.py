"""Nested projections, which the embedded server answers wrongly.

To MongoDB `{"$project": {"group": {"name": 1}}}` and `{"$project": {"group.name": 1}}` are the
same, and so are the two spellings in `$addFields` and `$set`. The embedded server takes the
first for a new value: it answers `{"group": {"name": 1}}` for every document, and replaces
the whole of `group`. Django's ORM writes such stages for every join. The server understands
the dotted spelling, so that is what it is sent.

One difference is left: in the dotted spelling the server doesn't create the outer document where
the computed field in it has no value. The ORM reads both alike.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from .pipelines import Stage, rewritten


def flattened(pipeline: Sequence[Stage]) -> list[Stage]:
    """A copy of the pipeline with dotted paths for nested fields."""
    return rewritten(pipeline, dict.fromkeys(("$project", "$addFields", "$set"), _dotted))


def _dotted(fields: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in fields.items():
        if _is_nested(value):
            flat |= _dotted(value, f"{prefix}{name}.")
        else:
            flat[prefix + name] = value
    return flat


def _is_nested(value: Any) -> bool:
    """Neither an operator's document, such as {"$add": [...]}, nor an empty one, a value."""
    return (
        isinstance(value, Mapping)
        and bool(value)
        and not any(name.startswith("$") for name in value)
    )
