"""Query parameters, validated as bodies are. Their errors point at `?name`."""

from functools import cache
from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request

from .problems.errors import InvalidQuery

# Django decodes bytes that aren't UTF-8 to this.
UNDECODABLE = "\N{REPLACEMENT CHARACTER}"


class QuerySerializer(serializers.Serializer):
    """The query parameters of a request. Unknown ones are ignored."""

    @classmethod
    def read(cls, request: Request) -> dict[str, Any]:
        """Returns the parameters that were sent, validated. Raises InvalidQuery."""
        if cls.names().isdisjoint(request.query_params):
            return {}
        for name in cls.names() & request.query_params.keys():
            cls._check(name, request.query_params.getlist(name))
        query = cls(data=request.query_params.dict())
        try:
            query.is_valid(raise_exception=True)
        except ValidationError as error:
            raise InvalidQuery(error.detail) from None
        values: dict[str, Any] = query.validated_data
        return values

    @classmethod
    def _check(cls, name: str, values: list[str]) -> None:
        if len(values) > 1:
            raise cls.invalid(name, "Send this parameter only once.", "repeated")
        if UNDECODABLE in values[0]:
            raise cls.invalid(name, "This is not valid UTF-8.")

    @classmethod
    @cache
    def names(cls) -> frozenset[str]:
        return frozenset(cls().fields)

    @staticmethod
    def invalid(name: str, message: str, code: str = "invalid") -> InvalidQuery:
        return InvalidQuery({name: [ErrorDetail(message, code)]})
