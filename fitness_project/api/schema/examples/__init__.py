"""Examples for each call, recorded by a test: requests with the responses that they really got."""

import json
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any, TypedDict

from django.utils.text import slugify

from ...problems.codes import TABLE, Code
from .. import texts
from ..texts import Schema

RECORDED = Path(__file__).with_name("recorded.json")
REQUEST_ID = "71650253f70b4f8c95fb18c912fd472e"


class Sent(TypedDict):
    method: str
    target: str
    headers: dict[str, str]
    body: Any


class Received(TypedDict):
    status: int
    media: str | None
    headers: dict[str, str]
    body: Any


class Example(TypedDict):
    summary: str
    request: Sent
    response: Received


@cache
def recorded() -> dict[str, list[Example]]:
    """The calls by method and path, such as "GET /api/routines/{id}"."""
    calls: dict[str, list[Example]] = json.loads(RECORDED.read_text(encoding="utf-8"))
    return calls


def add_examples(result: Schema, **_: Any) -> Schema:
    result["components"]["examples"] = {code.name: {"value": _problem(code)} for code in TABLE}
    for path, item in result["paths"].items():
        for method, operation in item.items():
            _add_to(operation, recorded().get(f"{method.upper()} {path.rstrip('/')}", []))
    return result


def _add_to(operation: Schema, examples: list[Example]) -> None:
    for status, response in operation["responses"].items():
        received = [each for each in examples if each["response"]["status"] == int(status)]
        _add_responses(response, received)
    if "requestBody" in operation:
        (body,) = operation["requestBody"]["content"].values()
        sent = [each for each in examples if each["request"]["body"] is not None]
        body["examples"] = {_name(each): _request(each) for each in sent}


def _add_responses(response: Schema, received: list[Example]) -> None:
    for name, value in _headers(received).items():
        if name in response.get("headers", {}):
            response["headers"][name] = {**response["headers"][name], "example": value}
    if "content" not in response:
        return
    # Responses share their content with one another.
    response["content"] = {
        media: {**content, "examples": _of_type(media, received, response)}
        for media, content in response["content"].items()
    }


def _of_type(media: str, received: list[Example], response: Schema) -> Schema:
    examples = {
        _name(each): _response(each) for each in received if each["response"]["media"] == media
    }
    known = {each["response"]["body"].get("code") for each in received if "problem" in media}
    others = (code for code in response.get("x-codes", ()) if code not in known)
    return examples | {code: {"$ref": f"#/components/examples/{code}"} for code in others}


def _headers(received: list[Example]) -> dict[str, str]:
    return {name: value for each in received for name, value in each["response"]["headers"].items()}


def _name(example: Example) -> str:
    return slugify(example["summary"])


def _request(example: Example) -> Schema:
    status = example["response"]["status"]
    failed = f" ({status})" if status >= HTTPStatus.BAD_REQUEST else ""
    return {"summary": f"{example['summary']}{failed}", "value": example["request"]["body"]}


def _response(example: Example) -> Schema:
    return {
        "summary": example["summary"],
        "description": f"```http\n{_head(example['request'])}\n```",
        "value": example["response"]["body"],
    }


def _head(request: Sent) -> str:
    headers = [f"{name}: {value}" for name, value in request["headers"].items()]
    return "\n".join([f"{request['method']} {request['target']}", *headers])


def _problem(code: Code) -> Schema:
    """For codes that no recorded call got."""
    problem = {
        "type": "about:blank",
        "title": HTTPStatus(code.status).phrase,
        "status": code.status,
        "code": code.name,
        "detail": code.detail or texts.MEANINGS[code.status],
        "requestId": REQUEST_ID,
    }
    return {**problem, "errors": []} if code.status in (400, 422) else problem
