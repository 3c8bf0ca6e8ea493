"""Renders a response as a page: what it holds, and the forms for what may be done next."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user
from django.contrib.messages import get_messages
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from rest_framework.renderers import BaseRenderer
from rest_framework.response import Response

from .conflicts import differences
from .display import add_row_forms, display
from .forms import Forms
from .spelling import respelled_address
from .troubles import advice_on, kept_text, summary_of

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
        view, response = context["view"], context["response"]
        if response.status_code == 204:
            return ""
        if place := respelled_address(view, response):
            response.status_code, response["Location"] = 302, place
            return ""
        return render_to_string(view.page_template, page_of(data, view, response))


def page_of(data: Any, view: "StrictView", response: Response) -> dict[str, Any]:
    """The template's context."""
    request = view.request
    user = known_user(view, response)
    possible = Forms(view, response, user)
    forms = possible.every()
    context = {
        "request": request,
        "user": user,
        "messages": get_messages(request._request),
        "csrf_token": get_token(request._request),
        "sent": view.sent,
        "forms": forms,
        "row_button": view.row_button,
        **display(data, view, response),
    }
    add_row_forms(context.get("sections", ()), possible.of_rows())
    if response.exception:
        context |= problem_of(view, response, context)
    return context


def problem_of(
    view: "StrictView", response: Response, context: Mapping[str, Any]
) -> dict[str, Any]:
    """What a page says of a problem."""
    forms, filters, user = context["forms"], context["filters"], context["user"]
    is_conflict = response.status_code == 412 and forms
    return {
        "problem": response.data,
        "detail": detail_of(view, response),
        "is_only_sent": bool(response.status_code == 405 and forms and view.sent is None),
        "advice": advice_on(view, response),
        "summary": summary_of(response.data, [*forms, filters] if filters else forms),
        "kept": kept_text(view, response, user),
        "differences": differences(view, forms[0], user) if is_conflict else [],
    }


def detail_of(view: "StrictView", response: Response) -> str:
    """The problem in words for people, where those of the API are for programs."""
    detail = str(response.data["detail"])
    if response.data["code"] == "not_authenticated":
        return "Sign in first."
    if detail.startswith("CSRF Failed"):
        return "The service can’t tell that this form comes from one of its pages."
    if response.status_code == 415 and view.sent is not None:
        return ""  # The advice says it.
    return detail


def known_user(view: "StrictView", response: Response) -> Any:
    """The user, if that is known: nobody can tell during an outage."""
    user = getattr(view.request, "_user", None)
    is_open = not view.authentication_classes and response.status_code < 500
    has_session = hasattr(view.request._request, "session")  # A call with a token has none.
    return get_user(view.request._request) if is_open and has_session else user
