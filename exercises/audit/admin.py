"""The log's pages in the admin."""

from collections.abc import Callable
from typing import Any

from bson import ObjectId
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.admin_site import ModelAdmin
from accounts.models import User
from exercises.models import CatalogueOperation
from fitness_project.documents.ids import parse_object_id
from fitness_project.errors import Missing

from . import people, reading
from .operations import Action, Kind
from .undo import AlreadyUndone, Left, Undone, being_undone, undo

TEMPLATES = "admin/exercises/catalogueoperation"
NEEDED = {
    Action.CHANGE: "change",
    Action.ADD: "delete",
    Action.RESTORE: "delete",
    Action.DELETE: "add",
}
"""What a user must be allowed to do to exercises in order to undo each action.

Nothing undoes a merge: which sessions were whose isn't known any more.
"""
EFFECTS = {
    Action.CHANGE: "This changes {} back.",
    Action.ADD: "This deletes {}, but nothing that is in use.",
    Action.RESTORE: "This deletes {} again, but nothing that is in use.",
    Action.DELETE: "This brings {} back.",
}
"""What undoing each action does."""
MAX_NAMED = 20
UNDONE = "This was undone before, or is being undone."


def undo_link(operation_id: ObjectId) -> SafeString:
    """For messages that say what an operation did."""
    style = "text-decoration: underline"
    return format_html('<a href="{}" style="{}">Undo</a>', _url("undo", operation_id), style)


def may(request: HttpRequest, action: str) -> bool:
    user = request.user
    return isinstance(user, User) and user.has_perm(f"exercises.{action}_exercise")


def may_see(request: HttpRequest) -> bool:
    return may(request, "view") or may(request, "change")


def may_undo(request: HttpRequest, operation: reading.OperationRow) -> bool:
    """Whether the user may do to exercises what undoing the operation takes."""
    actions = map(Action, operation.counts)
    return all(action in NEEDED and may(request, NEEDED[action]) for action in actions)


@admin.register(CatalogueOperation)
class OperationAdmin(ModelAdmin):
    """Shows the log to those who may see exercises. Nobody changes it."""

    def get_urls(self) -> list[URLPattern]:
        pages: dict[str, tuple[str, Callable[..., HttpResponseBase]]] = {
            "changelist": ("", self.changelist_view),
            "change": ("<id>/", self.operation_view),
            "undo": ("<id>/undo/", self.undo_view),
        }
        return [
            path(route, self.admin_site.admin_view(view), name=f"exercises_catalogueoperation_{n}")
            for n, (route, view) in pages.items()
        ]

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return may_see(request)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    has_add_permission = has_delete_permission = has_change_permission

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Lists operations of one kind, by one person, or all."""
        if not may_see(request):
            raise PermissionDenied
        kind = request.GET.get("kind", "")
        asked = parse_object_id(request.GET.get("person"))
        choices = people.choices(asked)
        person = asked if str(asked) in dict(choices) else None
        conditions: dict[str, Any] = {"kind": kind} if kind in Kind.values else {}
        if person:
            conditions["userId"] = person
        page = reading.operations(parse_object_id(request.GET.get("after")), **conditions)
        context = {
            "page": page,
            "being_undone": being_undone(row.id for row in page.rows),
            "kinds": Kind.choices,
            "kind": kind,
            "people": choices,
            "person": str(person or ""),
            "title": "Log of the catalogue",
        }
        return self._respond(request, "list", context)

    def operation_view(self, request: HttpRequest, id: str) -> HttpResponse:  # noqa: A002
        operation = self._operation(request, id)
        after = parse_object_id(request.GET.get("after"))
        context = {
            "operation": operation,
            "page": reading.changes(after, operation=operation.id),
            "may_undo": may_undo(request, operation) and not operation.undone_by,
            "is_being_undone": bool(being_undone([operation.id])),
            "title": f"{operation.kind} by {operation.who}",
        }
        return self._respond(request, "operation", context)

    def undo_view(self, request: HttpRequest, id: str) -> HttpResponseBase:  # noqa: A002
        """Asks first, and undoes the operation once the user has confirmed."""
        operation = self._operation(request, id)
        if not may_undo(request, operation):
            raise PermissionDenied
        if operation.undone_by:
            self.message_user(request, UNDONE, messages.WARNING)
            return redirect(_url("change", operation.id))
        if request.method == "POST":
            return redirect(_url("change", self._undo(request, operation)))
        effects = [
            EFFECTS[Action(action)].format(_exercises(count))
            for action, count in operation.counts.items()
        ]
        context = {"operation": operation, "effects": " ".join(effects), "title": "Are you sure?"}
        return self._respond(request, "undo", context)

    def _undo(self, request: HttpRequest, operation: reading.OperationRow) -> ObjectId:
        """Says what it did, and returns the operation whose page shows it."""
        try:
            undone = undo(operation.id, request.user.pk)
        except AlreadyUndone:
            self.message_user(request, UNDONE, messages.WARNING)
            return operation.id
        for text, level in _told(undone):
            self.message_user(request, text, level)
        return undone.id if undone.restored else operation.id

    def _operation(self, request: HttpRequest, text: str) -> reading.OperationRow:
        if not may_see(request):
            raise PermissionDenied
        operation_id = parse_object_id(text)
        try:
            if operation_id is not None:
                return reading.operation(operation_id)
        except Missing:
            pass
        raise Http404("The log has no such operation.")

    def _respond(self, request: HttpRequest, name: str, context: dict[str, Any]) -> HttpResponse:
        shared = {**self.admin_site.each_context(request), "opts": self.opts}
        return TemplateResponse(request, f"{TEMPLATES}/{name}.html", {**shared, **context})


def _url(page: str, operation_id: ObjectId) -> str:
    return reverse(f"admin:exercises_catalogueoperation_{page}", args=[str(operation_id)])


def _told(undone: Undone) -> list[tuple[str, int]]:
    """What to tell the user, with the levels of the messages."""
    told = [(f"{_named(left)} {left.told}.", messages.WARNING) for left in undone.left]
    more = len(told) - MAX_NAMED
    if more > 0:
        told[MAX_NAMED:] = [(f"{more:,} more stay as they are.", messages.WARNING)]
    if not undone.is_finished:
        told.append(("The rest is being undone.", messages.INFO))
    level = messages.SUCCESS if undone.restored else messages.WARNING
    return [(f"Undone: {_exercises(undone.restored)}.", level), *told]


def _named(left: Left) -> str:
    field = reading.LABELS.get(left.field, left.field) if left.field else None
    return f"{left.name}, {field}," if field else left.name


def _exercises(count: int) -> str:
    return "1 exercise" if count == 1 else f"{count:,} exercises" if count else "nothing"
