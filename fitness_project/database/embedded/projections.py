"""The one place where the embedded server's wrong answers to nested projections are mended.

To MongoDB `{"$project": {"group": {"name": 1}}}` and `{"$project": {"group.name": 1}}` are the
same, and so are the two spellings in `$addFields` and `$set`. The embedded server takes the
first for a new value: it answers `{"group": {"name": 1}}` for every document, and replaces
the whole of `group`. Django's ORM writes such stages for every join. The server understands
the dotted spelling, so that is what it is sent.

One difference is left: in the dotted spelling it doesn't make the outer document where the
computed field in it has no value. The ORM reads both alike.
"""


def flattened(pipeline: list[dict]) -> list[dict]:
    """The same pipeline with dotted paths for nested fields; what was given isn't changed."""
    return [
        {name: _MENDED.get(name, _as_it_is)(body) for name, body in stage.items()}
        for stage in pipeline
    ]


def _dotted(fields: dict, prefix: str = "") -> dict:
    flat = {}
    for name, value in fields.items():
        if _is_nested(value):
            flat |= _dotted(value, f"{prefix}{name}.")
        else:
            flat[prefix + name] = value
    return flat


def _is_nested(value) -> bool:
    """A document that isn't an operator's, such as {"$add": [...]}. An empty one is a value."""
    return isinstance(value, dict) and value and not any(key.startswith("$") for key in value)


def _inner_pipeline(body):
    """Of `$lookup` and `$unionWith`, which may go without one."""
    if isinstance(body, dict) and "pipeline" in body:
        return {**body, "pipeline": flattened(body["pipeline"])}
    return body


def _branches(body: dict) -> dict:
    return {name: flattened(pipeline) for name, pipeline in body.items()}


def _as_it_is(body):
    return body


_MENDED = {
    "$project": _dotted,
    "$addFields": _dotted,
    "$set": _dotted,
    "$lookup": _inner_pipeline,
    "$unionWith": _inner_pipeline,
    "$facet": _branches,
}
