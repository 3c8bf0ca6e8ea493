"""Catches errors in Django REST Framework, in Django, and in pages outside the API."""

import logging
import sys
from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from rest_framework.exceptions import MethodNotAllowed, PermissionDenied
from rest_framework.response import Response

from fitness_project.database.outage import is_conflict, is_outage, outage
from fitness_project.errors import Busy, DomainError

from ..http.json import dump_json
from ..http.negotiation import HTML, PROBLEM, preferred_type
from ..http.renderers import DocumentJSONRenderer
from ..pages.renderer import PageRenderer
from ..pages.sent import is_form
from ..strict import StrictView
from .codes import SERVER_ERROR, UNAVAILABLE
from .responses import Problem, problem_of

log = logging.getLogger(__name__)


def exception_handler(error: Exception, context: dict[str, Any]) -> HttpResponse:
    """Handles every exception that a DRF view raises."""
    problem = problem_of(error)
    if problem.code is SERVER_ERROR:
        log.error("Unhandled error", exc_info=error)
    response = Response(problem.body, problem.code.status, headers=problem.headers, exception=True)
    request = context["request"]
    is_page = isinstance(getattr(request, "accepted_renderer", None), PageRenderer)
    if is_page and not isinstance(context["view"], StrictView):
        return problem_page(request._request, problem)  # Such as the schema's, which has no page.
    if not is_page:
        request.accepted_renderer = DocumentJSONRenderer()
        request.accepted_media_type = response.content_type = PROBLEM
    return response


def problem_page(request: HttpRequest, problem: Problem) -> HttpResponse:
    """Builds the response to a problem outside DRF's views."""
    content_type, body = PROBLEM, dump_json(problem.body)
    if preferred_type(request, [PROBLEM, "application/json", HTML]) == HTML:
        content_type = f"{HTML}; charset=utf-8"
        body = _html(request, problem).encode()
    return HttpResponse(
        body,
        status=problem.code.status,
        content_type=content_type,
        headers={**problem.headers, "Content-Length": str(len(body)), "Vary": "Accept"},
    )


def _html(request: HttpRequest, problem: Problem) -> str:
    if not request.path.startswith("/admin/"):
        here = {"here": request.get_full_path()}
        return render_to_string("site/problem.html", problem.body | here | _visitor(request))
    shown = {**problem.body, "title": f"{problem.code.status} {problem.body['title']}"}
    site = {"site_title": admin.site.site_title, "site_header": admin.site.site_header}
    return render_to_string("admin/problem.html", {**shown, **site})


def _visitor(request: HttpRequest) -> dict[str, Any]:
    """Who the page is for, if the request has found out: a problem's page needs no database."""
    user = getattr(request, "_cached_user", None)
    return {"user": user, "csrf_token": get_token(request)} if user else {}


def client_error(request: HttpRequest, exception: Exception) -> HttpResponse:
    return problem_page(request, problem_of(exception))


def server_error(request: HttpRequest) -> HttpResponse:
    """Django calls this while it handles the exception, whose traceback it has logged."""
    return problem_page(request, problem_of(sys.exc_info()[1] or Exception()))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    advice = "Reload the page that has the form, and try again."
    return client_error(request, PermissionDenied(f"The CSRF check failed. {reason} {advice}"))


class ProblemMiddleware:
    """Refuses API requests at once during a known outage of the database, and requests whose bodies
    couldn't be received yet. Handles errors in pages outside the API."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # A view refuses a form itself, so that nothing that was typed is lost.
        if request.path.startswith("/api/") and not is_form(request) and outage.is_on():
            return problem_page(request, Problem(UNAVAILABLE, UNAVAILABLE.detail))
        error = getattr(request.META.get("wsgi.input"), "error", None)
        if isinstance(error, Busy):  # Django would log what fails while it checks a form's token.
            return client_error(request, error)
        response = self.get_response(request)
        if isinstance(response, HttpResponseNotAllowed):  # Django's own views send an empty page.
            problem = client_error(request, MethodNotAllowed(str(request.method)))
            problem["Allow"] = response["Allow"]
            return problem
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        is_foreseen = isinstance(exception, DomainError) or is_conflict(exception)
        if is_foreseen or is_outage(exception):
            return client_error(request, exception)
        return None
