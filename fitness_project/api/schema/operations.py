"""OpenAPI 3.1: describes each operation together with its error responses."""

from typing import Any

from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent, get_lib_doc_excludes
from drf_spectacular.utils import Direction, OpenApiParameter
from rest_framework.permissions import AllowAny
from rest_framework.serializers import ListSerializer, Serializer

from ..http.negotiation import PROBLEM as PROBLEM_MEDIA_TYPE
from ..problems.codes import TABLE
from ..serializers import ChosenId, DocumentSerializer, StrictSerializer
from ..strict import WITH_A_BODY, StrictView
from . import texts
from .texts import Schema

Parameters = list[OpenApiParameter | Serializer | type[Serializer]]


class ProblemAutoSchema(AutoSchema):
    """Adds the headers and the error responses of each operation.

    These attributes of a view say what its methods and its permissions don't reveal:

    - `problem_codes`: further statuses of error responses, by method: `{"DELETE": ["409"]}`.
    - `has_etags`: whether the view reads and writes single documents conditionally.
    - `takes_keys`: whether its POST accepts an `Idempotency-Key`.
    - `delete_body`: the serializer for the body of its DELETE.
    """

    def get_operation(self, *args: Any, **kwargs: Any) -> Schema | None:
        operation: Schema | None = super().get_operation(*args, **kwargs)
        if operation is None:
            return None
        if self.method == "DELETE" and hasattr(self.view, "delete_body"):
            schema = self.resolve_serializer(self.view.delete_body, "request").ref
            content = {"application/json": {"schema": schema}}
            operation["requestBody"] = {"content": content, "required": True}
        responses = operation["responses"]
        for status in sorted(self._problem_statuses()):
            responses[status] = self._problem_response(status)
        if texts.IF_NONE_MATCH in self.get_override_parameters():
            responses["304"] = {"description": texts.NOT_MODIFIED}
        for status, response in responses.items():
            if headers := self._headers(status):
                response["headers"] = headers
        return operation

    def get_summary(self) -> str:
        summary = texts.SUMMARIES.get(getattr(self.view, "action", ""))
        if summary and hasattr(self.view, "basename"):
            return summary.format(self.view.basename)
        return self.get_operation_id().replace("_", " ").capitalize()

    def get_override_parameters(self) -> Parameters:
        parameters: Parameters = [*super().get_override_parameters()]
        if query := self._query():
            parameters.append(query)
        if "{id}" in self.path:
            parameters.append(texts.ID)
        if self._takes_key():
            parameters.append(texts.IDEMPOTENCY_KEY)
        if self._is_conditional():
            parameters.append(texts.IF_NONE_MATCH if self.method == "GET" else texts.IF_MATCH)
        return parameters

    def _problem_response(self, status: str) -> Schema:
        component = ResolvedComponent(
            name="Problem", type=ResolvedComponent.SCHEMA, schema=texts.PROBLEM, object="Problem"
        )
        self.registry.register_on_missing(component)
        codes = ", ".join(f"`{code.name}`" for code in TABLE if code.status == int(status))
        return {
            "description": f"{texts.MEANINGS[status]} `code`: {codes}.",
            "content": {PROBLEM_MEDIA_TYPE: {"schema": component.ref}},
        }

    def _problem_statuses(self) -> set[str]:
        statuses = {"406", "503", *getattr(self.view, "problem_codes", {}).get(self.method, ())}
        if isinstance(self.view, StrictView):
            statuses.add("400")  # Unknown query parameters
        if not isinstance(self.view.get_permissions()[0], AllowAny):
            statuses |= {"401"} if self.method == "GET" else {"401", "403"}
        if self.method != "GET":
            statuses.add("409")
        if self._takes_key():
            statuses |= {"410", "422"}
        if self._is_conditional() and self.method != "GET":
            statuses.add("412")
        if self.method in WITH_A_BODY:
            statuses |= {"413", "415"}
        if "{id}" in self.path:
            statuses.add("404")
        return statuses

    def _headers(self, status: str) -> Schema:
        return {
            name: {"description": text, "schema": {"type": "string"}}
            for name, text in self._header_texts(status).items()
        }

    def _header_texts(self, status: str) -> dict[str, str]:
        match status:
            case "401":
                return texts.CHALLENGE
            case "429" | "503":
                return texts.RETRY_AFTER
            case "201" if getattr(self.view, "has_etags", False):
                replayed = texts.REPLAYED if self._takes_key() else {}
                return {**texts.LOCATION, **texts.ETAG, **replayed}
            case "308":
                return texts.MOVED
            case "412":
                return texts.ETAG
            case "200" | "304" if self._is_conditional():
                return texts.ETAG
        return {}

    def _query(self) -> type[Serializer] | None:
        """The query parameters, apart from those of pages."""
        view = self.view
        if self.method != "GET" or not isinstance(view, StrictView):
            return None
        return None if view.query.names().isdisjoint(view.query_names()) else view.query

    def _takes_key(self) -> bool:
        return self.method == "POST" and getattr(self.view, "takes_keys", False)

    def _is_conditional(self) -> bool:
        is_single = not self._is_list_view() and self.method != "POST"
        return is_single and getattr(self.view, "has_etags", False)


class ListExtension(OpenApiSerializerFieldExtension):
    """Adds the bounds of an array of objects, which drf-spectacular omits."""

    target_class = ListSerializer

    def map_serializer_field(self, auto_schema: AutoSchema, direction: Direction) -> Schema:
        item = auto_schema.resolve_serializer(self.target.child, direction)
        bounds = {"minItems": self.target.min_length, "maxItems": self.target.max_length}
        known = {name: bound for name, bound in bounds.items() if bound is not None}
        return {"type": "array", "items": item.ref, **known}


def require_all_response_fields(result: Schema, **_: Any) -> Schema:
    """Marks every field of a response as required, because fields without a value are null."""
    for name, component in result["components"]["schemas"].items():
        if not name.endswith("Request") and name != "Problem" and "properties" in component:
            component["required"] = sorted(component["properties"])
    return result


def internal_docs() -> list[type]:
    """Classes whose docstrings aren't meant for client developers, and aren't inherited."""
    return [*get_lib_doc_excludes(), ChosenId, DocumentSerializer, StrictSerializer, StrictView]
