"""Finds error responses that the schema doesn't describe.

`conftest.py` has every error response checked that any test makes a view give.
"""

import json
import re
from functools import cache

from rest_framework.views import APIView

from fitness_project.api.pages.renderer import PageRenderer
from fitness_project.api.schema.views import schema_json

offences: list[str] = []


def check(view: APIView, response) -> None:
    """Pages are for people: forms can go wrong in ways that clients don't know."""
    if isinstance(getattr(view.request, "accepted_renderer", None), PageRenderer):
        return
    operation = operation_of(view.request.path, view.request.method)
    if operation is None:
        return  # A path or a method that the API doesn't have.
    offences.extend(
        f"{operation['operationId']}: {response.status_code} {fault}"
        for fault in undescribed(operation, response.status_code, response.data)
    )


def operation_of(path, method):
    method = "get" if method == "HEAD" else method.lower()
    for pattern, item in operations():
        if pattern.fullmatch(path.rstrip("/")):
            return item.get(method)
    return None


@cache
def operations():
    paths = json.loads(schema_json())["paths"]
    # A literal path comes before one with an id.
    ordered = sorted(paths.items(), key=lambda each: each[0].count("{"))
    return [(re.compile(re.sub(r"\{\w+\}", "[^/]+", path)), item) for path, item in ordered]


def undescribed(operation, status, problem):
    described = operation["responses"].get(str(status), {})
    if problem["code"] not in described.get("x-codes", ()):
        yield problem["code"]
    for error in problem.get("errors", ()):
        if not _may_have(described.get("x-field-codes", {}), error["pointer"], error["code"]):
            yield f"{error['pointer']}: {error['code']}"


def _may_have(codes_by_pointer, pointer, code):
    return any(
        code in codes and re.fullmatch(re.escape(known).replace(r"\*", "[^/]*"), pointer, re.DOTALL)
        for known, codes in codes_by_pointer.items()
    )
