"""OpenAPI 3.1: every operation with its error answers."""

from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent, get_lib_doc_excludes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.permissions import AllowAny
from rest_framework.serializers import ListSerializer

from ..http.negotiation import PROBLEM as MEDIA_TYPE
from ..problems.codes import TABLE, names_for
from ..serializers import ChosenId, DocumentSerializer, StrictSerializer

PROBLEM = {
    "type": "object",
    "description": "RFC 9457. `code` is stable; `detail` may change.",
    "required": ["type", "title", "status", "code", "detail", "requestId"],
    "properties": {
        "type": {"type": "string", "const": "about:blank"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {
            "type": "string",
            "enum": sorted(code.name for code in TABLE),
        },
        "detail": {"type": "string"},
        "requestId": {"type": "string"},
        "errors": {
            "type": "array",
            "description": "With 400 and 422 alone: what is wrong with which field.",
            "items": {
                "type": "object",
                "required": ["pointer", "code", "detail"],
                "properties": {
                    "pointer": {
                        "type": "string",
                        "description": "A JSON Pointer into the body, or `?name`.",
                    },
                    "code": {"type": "string"},
                    "detail": {"type": "string"},
                },
            },
        },
    },
}
MEANINGS = {
    "400": "The input is not valid.",
    "401": "Not signed in.",
    "403": "Signed in, but not allowed.",
    "404": "There is no such document for this user.",
    "406": "Only JSON and, for browsers, HTML can be answered.",
    "409": "What is stored forbids it.",
    "410": "It was deleted since, or the token is too old.",
    "412": "The document is at another revision than `If-Match` names.",
    "413": "The body is too large.",
    "415": "The body must be JSON.",
    "422": "This Idempotency-Key came with another body before.",
    "429": "Too many failed attempts: wait `Retry-After` seconds.",
    "503": "Not now. Try again after `Retry-After` seconds.",
}
ID_PARAMETER = OpenApiParameter(
    "id", {"type": "string", "pattern": "^[0-9a-fA-F]{24}$"}, OpenApiParameter.PATH
)
SUMMARIES = {
    "list": "List {}s",
    "create": "Add a new {}",
    "retrieve": "Read one {}",
    "update": "Replace one {}",
    "partial_update": "Change some fields of one {}",
    "destroy": "Delete one {}",
}
ETAG = {"ETag": "The document's revision, for `If-Match` and `If-None-Match`."}
LOCATION = {"Location": "The URL of what was made."}
REPLAYED = {"Idempotent-Replayed": "`true` where an earlier try had made it."}
RETRY_AFTER = {"Retry-After": "Seconds to wait."}
CHALLENGE = {"WWW-Authenticate": "`Bearer`."}
WITH_A_BODY = ("POST", "PUT", "PATCH")
IF_MATCH = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, description="Only if this is still the ETag."
)
IF_NONE_MATCH = OpenApiParameter(
    "If-None-Match", str, OpenApiParameter.HEADER, description="Only if this isn't the ETag."
)
IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "pattern": "^[!-~]{1,255}$"},
    OpenApiParameter.HEADER,
    description="The same key and body again make nothing twice.",
)


class ProblemAutoSchema(AutoSchema):
    """Adds the problem answers that each operation can give.

    A view's `problem_codes` names those that its shape doesn't tell: `{"DELETE": ["409"]}`. Views
    with `has_etags` answer single documents, conditionally; those with `takes_keys` take an
    `Idempotency-Key`; `delete_body` is the serializer of a DELETE's body.
    """

    def get_operation(self, *args, **kwargs):
        operation = super().get_operation(*args, **kwargs)
        if operation is not None:
            problem = {"content": {MEDIA_TYPE: {"schema": self._problem_component().ref}}}
            for code in sorted(self._problem_codes()):
                operation["responses"][code] = {"description": _meaning(code), **problem}
            if self.method == "DELETE" and hasattr(self.view, "delete_body"):
                body = self.resolve_serializer(self.view.delete_body, "request").ref
                operation["requestBody"] = {
                    "content": {"application/json": {"schema": body}},
                    "required": True,
                }
            if IF_NONE_MATCH in self.get_override_parameters():
                operation["responses"]["304"] = {"description": "The client has it already."}
            for code, response in operation["responses"].items():
                if headers := self._headers(code):
                    response["headers"] = headers
        return operation

    def get_summary(self):
        summary = SUMMARIES.get(getattr(self.view, "action", None))
        if summary:
            return summary.format(self.view.basename)
        return self.get_operation_id().replace("_", " ").capitalize()

    def get_override_parameters(self):
        parameters = super().get_override_parameters()
        if "{id}" in self.path:
            parameters = [*parameters, ID_PARAMETER]
        if self._takes_key():
            parameters = [*parameters, IDEMPOTENCY_KEY]
        if self._is_conditional():
            parameters = [*parameters, IF_NONE_MATCH if self.method == "GET" else IF_MATCH]
        return parameters

    def _headers(self, code):
        found = {}
        if code == "401":
            found |= CHALLENGE
        if code in ("429", "503"):
            found |= RETRY_AFTER
        if code == "201" and getattr(self.view, "has_etags", False):
            found |= {**LOCATION, **ETAG}
            if self._takes_key():
                found |= REPLAYED
        if code in ("200", "304") and self._is_conditional():
            found |= ETAG
        return {
            name: {"description": text, "schema": {"type": "string"}}
            for name, text in found.items()
        }

    def _takes_key(self):
        return self.method == "POST" and getattr(self.view, "takes_keys", False)

    def _is_conditional(self):
        is_single = not self._is_list_view() and self.method != "POST"
        return is_single and getattr(self.view, "has_etags", False)

    def _problem_component(self):
        component = ResolvedComponent(
            name="Problem", type=ResolvedComponent.SCHEMA, schema=PROBLEM, object="Problem"
        )
        self.registry.register_on_missing(component)
        return component

    def _problem_codes(self) -> set[str]:
        codes = {"406", "503", *getattr(self.view, "problem_codes", {}).get(self.method, ())}
        if not isinstance(self.view.get_permissions()[0], AllowAny):
            codes.add("401")
            if self.method != "GET":
                codes.add("403")
        if self._takes_key():
            codes |= {"409", "410", "422"}
        if self._is_conditional() and self.method != "GET":
            codes.add("412")
        if self.method in WITH_A_BODY:
            codes |= {"400", "413", "415"}
        if self._is_list_view():
            codes.add("400")
        if "{id}" in self.path:
            codes.add("404")
        return codes


def _meaning(status):
    names = ", ".join(f"`{name}`" for name in names_for(int(status)))
    return f"{MEANINGS[status]} `code`: {names}."


class EntriesExtension(OpenApiSerializerFieldExtension):
    """The bounds of an array of documents, which are left out otherwise."""

    target_class = ListSerializer

    def map_serializer_field(self, auto_schema, direction):
        entry = auto_schema.resolve_serializer(self.target.child, direction)
        bounds = {"minItems": self.target.min_length, "maxItems": self.target.max_length}
        known = {name: bound for name, bound in bounds.items() if bound is not None}
        return {"type": "array", "items": entry.ref, **known}


def responses_are_whole(result, generator, request, public):
    """A response leaves out no field: what it has no value for is null."""
    for name, component in result["components"]["schemas"].items():
        if not name.endswith("Request") and name != "Problem" and "properties" in component:
            component["required"] = sorted(component["properties"])
    return result


def internal_docs() -> list[type]:
    """Whose docstrings are for us, not for clients that read what inherits from them."""
    return [*get_lib_doc_excludes(), ChosenId, DocumentSerializer, StrictSerializer]
