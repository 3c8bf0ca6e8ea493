"""The time that one request may spend waiting for the database."""

import pymongo

SECONDS = 4.0


class DatabaseDeadlineMiddleware:
    """All that a request asks of the database is over after SECONDS: an outage is then a 503
    within five, and no thread waits for an answer that nobody expects any more."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        with pymongo.timeout(SECONDS):
            return self.get_response(request)
