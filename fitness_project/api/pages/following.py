"""Where a browser goes after a form has succeeded, so that reloading sends nothing again."""

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.http.response import HttpResponseBase

if TYPE_CHECKING:
    from ..strict import StrictView

DONE = {"POST": "Done.", "PUT": "Saved.", "PATCH": "Saved.", "DELETE": "Deleted."}


class SeeOther(HttpResponseRedirect):
    status_code = 303


def following(view: "StrictView", response: HttpResponseBase) -> HttpResponseBase:
    """A redirect to what the form has led to, or the response itself."""
    place = _place_after(view, response)
    if place is None or view.sent is None:
        return response
    text = "Created." if response.status_code == 201 else view.form_done or DONE[view.sent.method]
    messages.success(view.request._request, text, fail_silently=True)
    return SeeOther(place)


def _place_after(view: "StrictView", response: HttpResponseBase) -> str | None:
    """Responses that hold more than a document, such as tokens, are shown as they are."""
    if view.sent is None or view.sent.edit or not 200 <= response.status_code < 300:
        return None
    if location := response.headers.get("Location"):
        return location
    path = view.request.path
    method = view.sent.method
    if method in view.form_leads_to:
        return view.form_leads_to[method]
    if "id" in view.kwargs and method in ("POST", "DELETE"):
        return path.rstrip("/").rpartition("/")[0]
    if method != "POST":
        return path
    return "/" if response.status_code == 204 else None
