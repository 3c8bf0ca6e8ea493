"""The admin's actions on many exercises. Each asks first, says what it did, and can be undone."""

from collections.abc import Callable
from typing import cast

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.utils import model_ngettext
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.html import format_html

from accounts.admin_site import ModelAdmin
from fitness_project.documents.collection import Document

from .audit import log, reading
from .audit.admin import undo_link
from .audit.operations import Kind, Operation
from .bulk_changes import change_all
from .curating.listing import chosen
from .curating.values import ValuesForm
from .models import CatalogueOperation, Exercise, ExerciseDocument

# On the page that asks.
MAX_LISTED = 100

Action = Callable[[ModelAdmin, HttpRequest, QuerySet[Exercise]], HttpResponse | None]


def archiving(kind: Kind, archived: bool) -> Action:
    """The action that archives exercises, or restores them."""

    @admin.action(description=f"{kind.label} selected exercises", permissions=["change"])
    def act(
        model_admin: ModelAdmin, request: HttpRequest, queryset: QuerySet[Exercise]
    ) -> HttpResponse | None:
        exercises, fields = chosen(request), {"isArchived": archived}
        if request.POST.get("post"):
            done = "archived" if archived else "restored"
            carry_out(model_admin, request, kind, exercises, fields, f"{done}.")
            return None
        outdated = _outdated(exercises, fields)
        listed = [(exercise, "") for exercise in outdated]
        return _ask(model_admin, request, kind, exercises, listed)

    act.__name__ = kind.value
    return act


def setting(kind: Kind, field: str) -> Action:
    """The action that gives a text field of exercises the value that the curator enters."""
    made = forms.modelform_factory(Exercise, ValuesForm, fields=[field])
    form_class = cast(type[ValuesForm], made)

    @admin.action(description=f"{kind.label} of selected exercises", permissions=["change"])
    def act(
        model_admin: ModelAdmin, request: HttpRequest, queryset: QuerySet[Exercise]
    ) -> HttpResponse | None:
        exercises = chosen(request)
        form = form_class(request.POST) if request.POST.get("post") else form_class()
        form.besides = {exercise["_id"] for exercise in exercises}
        if form.is_valid() and not form.cleaned_data[field]:
            form.ask(field, f"{field}:", "no_value")
        if form.is_valid():
            value = form.cleaned_data[field]
            done = f"changed: {field} is now {value or 'empty'}."
            already = "had it" if value else None
            carry_out(model_admin, request, kind, exercises, {field: value}, done, already)
            return None
        listed = [(exercise, reading.shown(exercise.get(field))) for exercise in exercises]
        return _ask(model_admin, request, kind, exercises, listed, form)

    act.__name__ = kind.value.replace(" ", "_")
    return act


ACTIONS = (
    archiving(Kind.ARCHIVE, True),
    archiving(Kind.RESTORE, False),
    setting(Kind.SET_CATEGORY, "category"),
    setting(Kind.SET_EQUIPMENT, "equipment"),
    setting(Kind.SET_LEVEL, "level"),
)


def carry_out(
    model_admin: ModelAdmin,
    request: HttpRequest,
    kind: Kind,
    exercises: list[ExerciseDocument],
    fields: Document,
    done: str,
    already: str | None = None,
) -> None:
    """Changes the exercises, and tells the user that so many are `done`, and others `already`."""
    operation = Operation(kind, request.user.pk)
    outdated = [exercise["_id"] for exercise in _outdated(exercises, fields)]
    is_finished = change_all(operation, outdated, fields)
    stored = CatalogueOperation.objects.documents.find(operation.id)
    count = stored["counts"]["change"] if stored else 0
    told = f"{count:,} {model_ngettext(model_admin.opts, count)} {done}"
    if others := len(exercises) - len(outdated):
        told += f" {others:,} already {already or ('was' if others == 1 else 'were')}."
    if not is_finished:
        told += " The rest follows within a minute."
    if count:
        told, level = format_html("{} {}", told, undo_link(operation.id)), messages.SUCCESS
    else:
        level = messages.WARNING
    model_admin.message_user(request, told, level)


def _outdated(exercises: list[ExerciseDocument], fields: Document) -> list[ExerciseDocument]:
    return [exercise for exercise in exercises if not log.is_like(exercise, fields)]


def _ask(
    model_admin: ModelAdmin,
    request: HttpRequest,
    kind: Kind,
    exercises: list[ExerciseDocument],
    listed: list[tuple[ExerciseDocument, str]],
    form: forms.ModelForm | None = None,
) -> HttpResponse:
    """The page that shows which of the chosen exercises will change, with their values now."""
    # Of a whole list of thousands, a form can't name each.
    is_across = request.POST.get("select_across") == "1"
    context = {
        **model_admin.admin_site.each_context(request),
        "title": f"{kind.label}: are you sure?",
        "kind": kind.label,
        "opts": model_admin.opts,
        "form": form,
        "listed": listed[:MAX_LISTED],
        "count": len(listed),
        "more": max(len(listed) - MAX_LISTED, 0),
        "others": len(exercises) - len(listed),
        "action": request.POST["action"],
        "select_across": int(is_across),
        "checkbox": ACTION_CHECKBOX_NAME,
        "ids": [exercise["_id"] for exercise in (exercises[:1] if is_across else exercises)],
    }
    return TemplateResponse(request, "admin/exercises/exercise/bulk_action.html", context)
