"""Which error responses each call can give, with the codes of each."""

from itertools import groupby
from typing import Any

from ..http.negotiation import PROBLEM as PROBLEM_MEDIA_TYPE
from ..problems.codes import BY_NAME, TABLE, Code
from . import texts
from .calls import Call
from .field_codes import Codes, field_codes
from .texts import Schema

ALWAYS = (
    "parse_error",  # At least for a host name that isn't in ALLOWED_HOSTS.
    *("method_not_allowed", "not_acceptable", "server_error", "busy", "unavailable"),
)
WITHOUT_A_SIGN_IN = (
    "not_authenticated",
    "bad_authorization_header",
    "token_not_valid",
    "sign_in_over",
)


def problem_responses(call: Call, component: dict[str, str]) -> dict[str, Schema]:
    """The responses by status. `component` refers to the schema of a problem."""
    content = {PROBLEM_MEDIA_TYPE: {"schema": component}}
    return {
        str(status): {"content": content, **_described(call, status, list(codes))}
        for status, codes in groupby(codes_of(call), key=lambda code: code.status)
    }


def codes_of(call: Call) -> list[Code]:
    """In the order of the table, which is that of their statuses."""
    names = set(_names(call))
    return [code for code in TABLE if code.name in names]


def _names(call: Call) -> list[str]:
    """Raises KeyError if the view names a code that the table lacks."""
    names = [*ALWAYS, *(BY_NAME[name].name for name in call.problem_codes)]
    names += ["invalid"] if call.is_strict else []  # Unknown query parameters
    names += ["too_large", "unsupported_media_type"] if call.has_body else []
    names += WITHOUT_A_SIGN_IN if call.needs_sign_in else []
    names += ["not_found"] if call.names_document else []
    names += ["gone", "idempotency_key_reused"] if call.takes_key else []
    if call.method != "GET":
        names += ["conflict"]
        names += ["permission_denied"] if call.needs_sign_in else []
        names += ["precondition_failed"] if call.is_conditional else []
    return names


def _described(call: Call, status: int, codes: list[Code]) -> dict[str, Any]:
    """The description for readers, and the same codes for programs."""
    names = [code.name for code in codes]
    lines = [texts.MEANINGS[status], "", f"`code`: {_quoted(names)}."]
    described: dict[str, Any] = {"x-codes": names}
    if "invalid" in names:
        by_field = described["x-field-codes"] = field_codes(call)
        lines += ["", "`errors[].code` by `pointer`:", "", *_listed(by_field)]
    return {"description": "\n".join(lines), **described}


def _listed(codes: Codes) -> list[str]:
    return [f"- `{pointer or '(the body)'}`: {_quoted(each)}" for pointer, each in codes.items()]


def _quoted(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
