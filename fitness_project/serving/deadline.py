from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from fitness_project.database.deadline import Deadline


class DatabaseDeadlineMiddleware:
    """Limits how long a request may wait for the database.

    During an outage, clients then get a 503 within five seconds, and threads don't wait for replies
    that no client is waiting for.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with Deadline():
            return self.get_response(request)
