"""Renders a response as a page: what it holds, and the forms for what may be done next."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.contrib.messages import get_messages
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from .display import display

if TYPE_CHECKING:  # DRF's views import this module, because the settings name it.
    from ..strict import StrictView


class PageRenderer(BaseRenderer):
    media_type = "text/html"
    format = "api"
    charset = "utf-8"

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> str:
        context = renderer_context or {}
        response: Response = context["response"]
        if response.status_code == 204:
            return ""
        return render_to_string("site/api/page.html", page_of(data, context["view"], response))


def page_of(data: Any, view: "StrictView", response: Response) -> dict[str, Any]:
    """The template's context. It reads nothing from the database during an outage."""
    request = view.request
    return {
        "request": request,
        "user": known_user(request),
        "messages": get_messages(request._request),
        "csrf_token": get_token(request._request),
        "response": response,
        "problem": data if response.exception else None,
        "forms": [],
        **display(data, view, response),
    }


def known_user(request: Request) -> Any:
    """The user, if authentication has found out who it is."""
    return getattr(request, "_user", None)
