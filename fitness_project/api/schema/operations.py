"""OpenAPI 3.1: describes each operation together with its error responses."""

import re
from typing import Any

from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import (
    ResolvedComponent,
    force_instance,
    get_lib_doc_excludes,
)
from drf_spectacular.utils import Direction, OpenApiParameter
from rest_framework.serializers import ListSerializer, Serializer

from ..serializers import ChosenId, DocumentSerializer, StrictSerializer
from ..strict import WITH_A_BODY, StrictView
from . import texts
from .calls import Call
from .headers import headers_of
from .problems import problem_responses
from .texts import Schema

VERBS = {
    "list": "list",
    "create": "create",
    "retrieve": "get",
    "update": "replace",
    "partial_update": "update",
    "destroy": "delete",
}

Parameters = list[OpenApiParameter | Serializer | type[Serializer]]


class ProblemAutoSchema(AutoSchema):
    """Names each operation, and adds its headers and its error responses."""

    def get_operation(self, *args: Any, **kwargs: Any) -> Schema | None:
        operation: Schema | None = super().get_operation(*args, **kwargs)
        if operation is None:
            return None
        call = self.call
        if call.takes_delete_body and call.serializer is not None:
            schema = self.resolve_serializer(call.serializer, "request").ref
            operation["requestBody"] = {"content": {"application/json": {"schema": schema}}}
        if call.has_body:
            operation["requestBody"]["required"] = True  # Of a PATCH, too.
        responses = operation["responses"]
        responses.update(problem_responses(call, self._problem_component()))
        if call.is_conditional and call.method == "GET":
            responses["304"] = {"description": texts.NOT_MODIFIED}
        for status, response in responses.items():
            response["headers"] = headers_of(call, status)
        operation["responses"] = dict(sorted(responses.items()))
        return operation

    def get_operation_id(self) -> str:
        """`listRoutines` for an action with a model, else as the method is decorated."""
        verb = VERBS.get(getattr(self.view, "action", ""))
        if verb is None:
            return str(super().get_operation_id())
        view: Any = self.view  # A viewset.
        noun = view.basename.capitalize()
        return f"{verb}{noun}s" if verb == "list" else f"{verb}{noun}"

    def get_summary(self) -> str:
        summary = texts.SUMMARIES.get(getattr(self.view, "action", ""))
        if summary and hasattr(self.view, "basename"):
            return summary.format(self.view.basename)
        words = re.sub(r"(?=[A-Z])", " ", self.get_operation_id())
        return words.capitalize()

    def get_auth(self) -> list[Schema]:
        return super().get_auth() if self.call.needs_sign_in else []

    def get_override_parameters(self) -> Parameters:
        call = self.call
        parameters: Parameters = [*super().get_override_parameters()]
        if call.query:
            parameters.append(call.query)
        if call.names_document:
            parameters.append(texts.ID)
        if call.takes_key:
            parameters.append(texts.IDEMPOTENCY_KEY)
        if call.is_conditional:
            parameters.append(texts.IF_NONE_MATCH if call.method == "GET" else texts.IF_MATCH)
        return parameters

    @property
    def call(self) -> Call:
        return Call(self.view, self.method, self.path, self._is_list_view(), self._reader())

    def _reader(self) -> Serializer | None:
        """What reads the body, if there is one."""
        if self.method == "DELETE" and hasattr(self.view, "delete_body"):
            return self.view.delete_body()
        if self.method in WITH_A_BODY:
            serializer = force_instance(self.get_request_serializer())
            return serializer if isinstance(serializer, Serializer) else None
        return None

    def _problem_component(self) -> Schema:
        component = ResolvedComponent(
            name="Problem", type=ResolvedComponent.SCHEMA, schema=texts.PROBLEM, object="Problem"
        )
        self.registry.register_on_missing(component)
        return component.ref

    def _insert_field_validators(self, field: Any, schema: Schema) -> None:
        """Describes a URL that may be empty as a text: several generators fail at a choice."""
        super()._insert_field_validators(field, schema)
        if "oneOf" in schema:
            text, _ = schema.pop("oneOf")
            schema |= {name: value for name, value in text.items() if name != "format"}


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


def without_trailing_slashes(result: Schema, **_: Any) -> Schema:
    """Both spellings of a path work, and clients are shown the shorter one."""
    result["paths"] = {path.rstrip("/"): item for path, item in result["paths"].items()}
    return result


def internal_docs() -> list[type]:
    """Classes whose docstrings aren't meant for client developers, and aren't inherited."""
    return [*get_lib_doc_excludes(), ChosenId, DocumentSerializer, StrictSerializer, StrictView]
