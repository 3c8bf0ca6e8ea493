"""Nested projections, for which the embedded server returns wrong results.

MongoDB treats `{"$project": {"group": {"name": 1}}}` and `{"$project": {"group.name": 1}}` alike,
in `$addFields` and `$set` too. The embedded server takes the nested form for a new value: it
returns `{"group": {"name": 1}}` for every document, or replaces the whole of `group`. Django's ORM
writes such stages for every join. The server handles dotted paths correctly, so pipelines are sent
with those.

One difference remains: with a dotted path the server doesn't create the outer document if the
computed field has no value. The ORM makes no distinction between the two.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from fitness_project.database.embedded.pipelines import Stage, rewrite_stages


def flatten_projections(pipeline: Sequence[Stage]) -> list[Stage]:
    """Returns a copy of the pipeline with dotted paths for nested fields."""
    return rewrite_stages(pipeline, dict.fromkeys(("$project", "$addFields", "$set"), _dotted))


def _dotted(fields: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in fields.items():
        if _is_nested(value):
            flat |= _dotted(value, f"{prefix}{name}.")
        else:
            flat[prefix + name] = value
    return flat


def _is_nested(value: Any) -> bool:
    """An operator's document, such as {"$add": [...]}, and an empty one aren't nested fields."""
    return (
        isinstance(value, Mapping)
        and bool(value)
        and not any(name.startswith("$") for name in value)
    )
