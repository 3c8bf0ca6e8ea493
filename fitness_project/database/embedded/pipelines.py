"""Rewrites the stages of an aggregation pipeline, including those of inner pipelines."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

Stage = Mapping[str, Any]
Rewrite = Callable[[Any], Any]


def rewrite_stages(pipeline: Sequence[Stage], rewrites: Mapping[str, Rewrite]) -> list[Stage]:
    """Returns a copy of the pipeline in which `rewrites` are applied to the stages they name."""
    return [
        {name: _rewrite_body(name, body, rewrites) for name, body in stage.items()}
        for stage in pipeline
    ]


def _rewrite_body(name: str, body: Any, rewrites: Mapping[str, Rewrite]) -> Any:
    if name in rewrites:
        return rewrites[name](body)
    if name == "$facet":
        return {branch: rewrite_stages(pipeline, rewrites) for branch, pipeline in body.items()}
    if name in ("$lookup", "$unionWith") and isinstance(body, Mapping) and "pipeline" in body:
        return {**body, "pipeline": rewrite_stages(body["pipeline"], rewrites)}
    return body
