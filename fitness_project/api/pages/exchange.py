"""The same request and response, as a client that speaks JSON has them."""

from http import HTTPStatus
from shlex import quote

from rest_framework.request import Request
from rest_framework.response import Response

from fitness_project.serving.request_ids import current_request_id

from ..http.negotiation import PROBLEM

OF_THE_PAGE = ("Content-Type", "Vary")


def headers_of(response: Response) -> dict[str, str]:
    """The headers that such a client gets. Its `Vary` is left out."""
    headers = {name: value for name, value in response.items() if name not in OF_THE_PAGE}
    if response.data is not None:
        is_error = response.status_code >= HTTPStatus.BAD_REQUEST
        headers["Content-Type"] = PROBLEM if is_error else "application/json"
    if etag := getattr(response, "etag", None):
        headers["ETag"] = etag
    return {**headers, "X-Request-Id": current_request_id()}


def status_line(response: Response) -> str:
    return f"HTTP/1.1 {response.status_code} {response.reason_phrase}"


def curl(request: Request) -> str:
    """The line that sends a GET from a terminal."""
    address = quote(request.build_absolute_uri())
    return f'curl -i {address} -H "Authorization: Bearer $ACCESS_TOKEN"'
