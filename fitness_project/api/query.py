"""Query parameters, validated as bodies are. Their errors point at `?name`."""

from functools import cache
from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail
from rest_framework.request import Request

from .problems.errors import InvalidQuery

# Django decodes bytes that aren't UTF-8 to this.
UNDECODABLE = "\N{REPLACEMENT CHARACTER}"


ExistingValues = dict[str, list[tuple[str, int]]]
"""The values that exist for parameters, by name, each with how often it does."""


class QuerySerializer(serializers.Serializer):
    """The query parameters of a call. StrictView refuses those that it doesn't define."""

    @classmethod
    def read(cls, request: Request) -> dict[str, Any]:
        """Returns the parameters that were sent, validated. Raises InvalidQuery."""
        if cls.names().isdisjoint(request.query_params) and not cls.needs_any():
            return {}
        for name in cls.names() & request.query_params.keys():
            if len(request.query_params.getlist(name)) > 1:
                raise cls.invalid(name, "Send this parameter only once.", "repeated")
            if UNDECODABLE in request.query_params[name]:
                raise cls.invalid(name, "This is not valid UTF-8.")
        query = cls(data=request.query_params.dict())
        if not query.is_valid():
            raise InvalidQuery(query.errors)
        return query.validated_data

    @classmethod
    @cache
    def names(cls) -> frozenset[str]:
        return frozenset(cls().fields)

    @classmethod
    @cache
    def needs_any(cls) -> bool:
        return any(field.required for field in cls().fields.values())

    @staticmethod
    def invalid(name: str, message: str, code: str = "invalid") -> InvalidQuery:
        return InvalidQuery({name: [ErrorDetail(message, code)]})
