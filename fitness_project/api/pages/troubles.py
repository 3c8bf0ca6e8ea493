"""What a page says about a problem, and what becomes of a form that was rejected."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from rest_framework.exceptions import ParseError
from rest_framework.response import Response

from ..http.json import dump_json
from .filters import Filters
from .forms import FINAL, Form, is_foreign, unescaped

if TYPE_CHECKING:  # DRF's views import this module, because the settings name the renderer.
    from ..strict import StrictView

SENT_ADVICE = {
    401: "Nothing that you typed is lost. Sign in in another tab, come back, and send it again.",
    403: "Nothing that you typed is lost.",
    409: "Nothing that you typed is lost.",
    412: "Somebody has changed this since you opened the form, perhaps you in another tab. Compare "
    "both versions. Sending the form again replaces the stored one.",
    415: "Forms are accepted only from people who are signed in. Nothing that you typed is lost: "
    "sign in in another tab, come back, and send it again.",
    422: "You have sent this form before, with other values. Nothing that you typed is lost: send "
    "it again to create another one.",
    429: "Nothing that you typed is lost, except passwords.",
    503: "Nothing that you typed is lost. Send it again in a moment.",
}
STALE = (
    "You have signed in again since you opened the form, or your browser keeps no cookies. Nothing "
    "that you typed is lost: send it again."
)
STALE_DELETION = (
    "Somebody has changed this since you opened the form, perhaps you in another tab. Look at the "
    "stored version first: sending the form again deletes it."
)


def advice_on(view: "StrictView", response: Response) -> str:
    if view.sent is None or is_foreign(response.data):
        return ""
    if response.status_code == 412 and view.sent.method == "DELETE":
        return STALE_DELETION
    if "CSRF" in str(response.data["detail"]):
        return STALE
    return SENT_ADVICE.get(response.status_code, "")


def summary_of(problem: Mapping[str, Any], forms: Iterable[Form | Filters]) -> list[dict[str, str]]:
    """The errors, each with its field's label and a link to it, if the page has the field."""
    fields = {shown.pointer: shown for form in forms for shown in form.walk()}
    texts = {pointer: iter(shown.errors) for pointer, shown in fields.items()}
    summary = []
    for error in problem.get("errors", ()):
        pointer = unescaped(error["pointer"])
        shown = fields.get(pointer)
        label = _label(error["pointer"], shown.label if shown else "")
        detail = next(texts.get(pointer, iter(())), error["detail"])
        summary.append({"id": shown.id if shown else "", "label": label, "detail": detail})
    return summary


def _label(pointer: str, label: str) -> str:
    """A field in a row is told apart by the row's number."""
    _, *parts = pointer.split("/")
    if label and len(parts) > 1 and parts[1].isdecimal():
        return f"Row {int(parts[1]) + 1}, {label.lower()}"
    return label or pointer


def kept_text(view: "StrictView", response: Response, user: Any) -> str:
    """What was sent to a document that is no longer there, so that nobody types it again."""
    sent = view.sent
    if sent is None or sent.method == "DELETE" or response.status_code not in FINAL:
        return ""
    if sent.json is not None:
        return sent.json
    try:
        return dump_json(sent.body(view, user), indent=True).decode()
    except ParseError:
        return ""
