"""Records calls as examples for the docs: the same ones, however often they are made."""

import json
import re
from itertools import count
from typing import Any

from django.http import HttpResponseBase
from rest_framework.test import APIClient

SHOWN_HEADERS = (
    *("Content-Disposition", "ETag", "Idempotent-Replayed", "Location", "Retry-After"),
    "WWW-Authenticate",
)
REQUEST_ID = "71650253f70b4f8c95fb18c912fd472e"
ID = re.compile(r"\b[0-9a-f]{24}\b")
# Of what differs each time, what is shown instead. Ids are numbered.
REPLACED = {
    r'"(access|refresh)": "[^"]+"': r'"\1": "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.….…"',
    r'"(uid|token)": "[^"]+"': r'"\1": "…"',
    r'"(next)": "[^"/]+"': r'"\1": "eyJzaW5jZSI6…"',
    r"\bsince=[^\" &]+": "since=eyJzaW5jZSI6…",
    r"\bcursor=[^\" &]+": "cursor=…",
}


class Recorder:
    """Makes calls, and keeps each with its response under its method and path."""

    def __init__(self) -> None:
        self.examples: dict[str, list[dict[str, Any]]] = {}
        self.token: str | None = None

    def call(
        self,
        summary: str | None,
        method: str,
        path: str,
        body: Any = None,
        query: str = "",
        headers: dict[str, str] | None = None,
        **ids: str,
    ) -> Any:
        """Returns the response's JSON, or None. `path` is as in the schema: /api/routines/{id}.

        A call without a summary isn't kept.
        """
        target = path.format(**ids) + (f"?{query}" if query else "")
        response = self._send(method, target, body, headers or {})
        received = _content(response)
        if summary is None:
            return received
        request = {"method": method, "target": target, "headers": headers or {}, "body": body}
        shown = {name: response.headers[name] for name in SHOWN_HEADERS if name in response}
        media = response.headers.get("Content-Type", "").partition(";")[0] or None
        answer = {
            "status": response.status_code,
            "media": media,
            "headers": shown,
            "body": received,
        }
        example = {"summary": summary, "request": request, "response": answer}
        self.examples.setdefault(f"{method} {path}", []).append(example)
        return received

    def etag(self, method: str, path: str) -> str:
        """What the last such call's response had."""
        return self.examples[f"{method} {path}"][-1]["response"]["headers"]["ETag"]

    def _send(
        self, method: str, target: str, body: Any, headers: dict[str, str]
    ) -> HttpResponseBase:
        client = APIClient(HTTP_HOST="127.0.0.1:8000", HTTP_USER_AGENT="FitnessApp/1.0 (Android)")
        token = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        sent = {"X-Request-Id": REQUEST_ID, **token, **headers}
        return client.generic(
            method,
            target,
            "" if body is None else json.dumps(body),
            content_type="application/json",
            headers=sent,
        )

    def normalised(self) -> dict[str, list[dict[str, Any]]]:
        text = json.dumps(self.examples, ensure_ascii=False)
        for pattern, shown in REPLACED.items():
            text = re.sub(pattern, shown, text)
        return json.loads(_with_numbered_ids(text))


def _content(response: HttpResponseBase) -> Any:
    content = response.getvalue()
    is_json = "json" in response.headers.get("Content-Type", "")
    return json.loads(content) if content and is_json else content.decode() or None


def _with_numbered_ids(text: str) -> str:
    numbers = count(1)
    found = dict.fromkeys(ID.findall(text))
    shown = {each: f"6b0377e8caf510d328{next(numbers):06x}" for each in found}
    return ID.sub(lambda match: shown[match[0]], text)
