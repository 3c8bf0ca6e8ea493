"""Query parameters, validated like bodies: their errors point at `?name`."""

from functools import cache

from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from .problems import InvalidQuery


class QuerySerializer(serializers.Serializer):
    """The parameters a list knows. Unknown ones are ignored."""

    @classmethod
    def read(cls, request) -> dict:
        """The given, valid parameters. Raises InvalidQuery."""
        if cls.names().isdisjoint(request.query_params):
            return {}
        query = cls(data=request.query_params.dict())
        try:
            query.is_valid(raise_exception=True)
        except ValidationError as error:
            raise InvalidQuery(error.detail) from None
        return query.validated_data

    @classmethod
    @cache
    def names(cls) -> frozenset[str]:
        return frozenset(cls().fields)

    @staticmethod
    def invalid(name, message, code="invalid") -> InvalidQuery:
        return InvalidQuery({name: [ErrorDetail(message, code)]})
