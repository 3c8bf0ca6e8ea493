from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from fitness_project.database.deadline import Deadline


class DatabaseDeadlineMiddleware:
    """Limits the time that a request may wait for the database.

    An outage is then a 503 within five seconds, and no thread waits for a reply that nobody expects
    any more.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with Deadline():
            return self.get_response(request)
