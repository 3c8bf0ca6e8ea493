"""Query parameters, validated like bodies: their errors point at `?name`."""

from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from .problems import InvalidQuery


class QuerySerializer(serializers.Serializer):
    """The parameters a list knows. Unknown ones are ignored."""

    @classmethod
    def read(cls, request) -> dict:
        """The given, valid parameters. Raises InvalidQuery."""
        query = cls(data=request.query_params.dict())
        try:
            query.is_valid(raise_exception=True)
        except ValidationError as error:
            raise InvalidQuery(error.detail) from None
        return query.validated_data

    @staticmethod
    def invalid(name, message, code="invalid") -> InvalidQuery:
        return InvalidQuery({name: [ErrorDetail(message, code)]})
