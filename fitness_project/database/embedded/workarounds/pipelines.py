"""Aggregation pipelines, rewritten stage by stage, inner pipelines included."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

Stage = Mapping[str, Any]
Rewrite = Callable[[Any], Any]


def rewritten(pipeline: Sequence[Stage], rewrites: Mapping[str, Rewrite]) -> list[Stage]:
    """A copy of the pipeline in which the bodies of the named stages are rewritten."""
    return [
        {name: _rewritten_body(name, body, rewrites) for name, body in stage.items()}
        for stage in pipeline
    ]


def _rewritten_body(name: str, body: Any, rewrites: Mapping[str, Rewrite]) -> Any:
    if name in rewrites:
        return rewrites[name](body)
    if name == "$facet":
        return {branch: rewritten(pipeline, rewrites) for branch, pipeline in body.items()}
    if name in ("$lookup", "$unionWith") and isinstance(body, Mapping) and "pipeline" in body:
        return {**body, "pipeline": rewritten(body["pipeline"], rewrites)}
    return body
