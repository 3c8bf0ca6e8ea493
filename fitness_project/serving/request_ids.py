"""`X-Request-Id`: taken from the request or generated, and put on every response and log line."""

import logging
import re
from collections.abc import Callable
from contextvars import ContextVar
from secrets import token_hex

from django.http import HttpRequest, HttpResponse

ALLOWED = re.compile(r"[A-Za-z0-9._-]{1,128}", re.ASCII)

_request_id: ContextVar[str] = ContextVar("request_id", default="-")


current_request_id = _request_id.get
# Makes what another thread logs from now on part of that request.
continue_request = _request_id.set


class RequestIdMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.META.get("HTTP_X_REQUEST_ID", "")
        request_id = given if ALLOWED.fullmatch(given) else token_hex(16)
        _request_id.set(request_id)
        response = self.get_response(request)
        response["X-Request-Id"] = request_id
        return response


class RequestIdFilter(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = current_request_id()
        return True
