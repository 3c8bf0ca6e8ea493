"""The parts of the OpenAPI schema that don't depend on a view."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter

Schema = dict[str, Any]

PROBLEM: Schema = {
    "type": "object",
    "description": "Problem details (RFC 9457). `code` is stable, whereas `detail` may change.",
    "required": ["type", "title", "status", "code", "detail", "requestId"],
    "properties": {
        "type": {"type": "string", "description": "`about:blank`."},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {
            "type": "string",
            "description": "What is wrong. Codes may be added, so treat one that you don't know "
            "as its status.",
        },
        "detail": {"type": "string"},
        "requestId": {"type": "string"},
        "errors": {
            "type": "array",
            "description": "What is wrong with which field. Only with status 400 and 422.",
            "items": {
                "type": "object",
                "required": ["pointer", "code", "detail"],
                "properties": {
                    "pointer": {
                        "type": "string",
                        "description": (
                            "A JSON Pointer into the body, or `?name` for a query parameter."
                        ),
                    },
                    "code": {"type": "string", "description": "Codes may be added."},
                    "detail": {"type": "string"},
                },
            },
        },
    },
}

MEANINGS = {
    400: "The input is not valid.",
    401: "You are not signed in, or signing in failed.",
    403: "You are not allowed to do this.",
    404: "You have no such document.",
    405: "This path has no such method.",
    406: "The response can only be JSON or, for browsers, HTML.",
    409: "The request conflicts with stored data.",
    410: "The document has been deleted, or the token is too old.",
    412: "The document's current ETag is not in `If-Match`.",
    413: "The body is too large.",
    415: "The body must be JSON.",
    422: "This Idempotency-Key was already used with a different body.",
    429: "Too many failed attempts, or requests. Wait `Retry-After` seconds.",
    500: "The service failed. The log has the cause under `requestId`.",
    503: "The service is temporarily unavailable. Try again after `Retry-After` seconds.",
}

SUMMARIES = {
    "list": "List {}s",
    "create": "Add a new {}",
    "retrieve": "Read one {}",
    "update": "Replace one {}",
    "partial_update": "Change some fields of one {}",
    "destroy": "Delete one {}",
}

NOT_MODIFIED = "The document or list still has the ETag in `If-None-Match`."

ID = OpenApiParameter(
    "id", {"type": "string", "pattern": "^[0-9a-fA-F]{24}$"}, OpenApiParameter.PATH
)
IF_MATCH = OpenApiParameter(
    "If-Match",
    str,
    OpenApiParameter.HEADER,
    description="Write only if the document still has this ETag, in quotation marks.",
)
IF_NONE_MATCH = OpenApiParameter(
    "If-None-Match",
    str,
    OpenApiParameter.HEADER,
    description="Return the document or list only if it no longer has this ETag, "
    "in quotation marks.",
)
IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "pattern": "^[!-~]{1,255}$"},
    OpenApiParameter.HEADER,
    description="Repeating the request with the same key and body creates no second document.",
)
