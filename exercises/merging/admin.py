"""The admin's pages for probable duplicates and for merging exercises."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Self, cast
from urllib.parse import urlencode

from bson import ObjectId
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.text import get_text_list

from accounts.admin_site import ModelAdmin
from accounts.models import User
from exercises.audit.admin import may
from exercises.audit.operations import Kind, Operation
from exercises.catalogue import catalogue
from exercises.curating.listing import chosen
from exercises.models import Exercise, ExerciseDocument
from fitness_project.documents.ids import parse_object_id
from fitness_project.errors import FieldRefused, Merged, Missing, PreconditionFailed

from .dismissals import dismiss, dismissals, take_back
from .duplicates import Group, probable_duplicates
from .forms import MOST, MergeForm
from .merge import merge_exercises
from .news import gone

TEMPLATES = "admin/exercises/exercise"
GROUPS_PER_PAGE = 20
FEWER = "Nothing was changed: fewer than two of these exercises exist."
CHANGED = "An exercise has changed since you opened this page. Look again, and merge then."
CHOOSE = f"Choose 2 to {MOST} exercises to merge."
LINE = "text-decoration: underline"


@dataclass(frozen=True)
class GroupRow:
    """A group of probable duplicates. Of a very large one, the first are merged at a time."""

    exercises: list[tuple[ObjectId, ExerciseDocument]]
    ids: str
    merge_url: str

    @classmethod
    def of(cls, group: Group) -> Self:
        ids = [exercise["_id"] for exercise in group]
        url = merge_url(ids[:MOST], **{"from": "duplicates"})
        return cls(list(zip(ids, group, strict=True)), ",".join(map(str, ids)), url)


@admin.action(description="Merge selected exercises", permissions=["merge"])
def merge_selected(
    model_admin: ModelAdmin, request: HttpRequest, queryset: QuerySet[Exercise]
) -> HttpResponse | None:
    """Leads to the page that shows them side by side."""
    ids = [exercise["_id"] for exercise in chosen(request)]
    if 2 <= len(ids) <= MOST:
        return redirect(merge_url(ids))
    model_admin.message_user(request, CHOOSE, messages.WARNING)
    return None


def merge_url(ids: Iterable[ObjectId], **more: str) -> str:
    query = urlencode([*(("id", str(each)) for each in ids), *more.items()])
    return f"{reverse('admin:exercises_exercise_merge')}?{query}"


class MergingAdmin(ModelAdmin):
    def has_merge_permission(self, request: HttpRequest) -> bool:
        return may(request, "merge")

    def get_urls(self) -> list[URLPattern]:
        views = {"duplicates": self.duplicates_view, "merge": self.merge_view}
        return [
            path(f"{name}/", self.admin_site.admin_view(view), name=f"exercises_exercise_{name}")
            for name, view in views.items()
        ] + super().get_urls()

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The page of an exercise that was merged away leads to the kept one's. What was typed
        there meanwhile isn't lost: the form is shown again."""
        exercise_id = parse_object_id(object_id)
        kept_id = catalogue.refreshed().merged.get(exercise_id) if exercise_id else None
        if exercise_id and kept_id and self.has_view_or_change_permission(request):
            self.message_user(request, gone(exercise_id), messages.WARNING)
            if request.method == "GET":
                return redirect("admin:exercises_exercise_change", str(kept_id))
        exercise = catalogue.find(exercise_id) if exercise_id else None
        context = {"aliases": exercise.get("aliases", []) if exercise else []}
        return super().change_view(
            request, object_id, form_url, {**context, **(extra_context or {})}
        )

    def duplicates_view(self, request: HttpRequest) -> HttpResponseBase:
        """Probable duplicates, and those that curators have dismissed."""
        if not self.has_merge_permission(request):
            raise PermissionDenied
        if request.method == "POST":
            self._dismiss_or_take_back(request)
            return redirect(request.get_full_path())
        snapshot = catalogue.refreshed()
        dismissed = dismissals(snapshot)
        groups = probable_duplicates(snapshot, [dismissal.ids for dismissal in dismissed])
        page = Paginator(groups, GROUPS_PER_PAGE).get_page(request.GET.get("page"))
        context = {
            "title": "Probable duplicates",
            "page": page,
            "groups": list(map(GroupRow.of, page)),
            "exercise_count": sum(map(len, groups)),
            "dismissed": dismissed,
        }
        return self._respond(request, "duplicates", context)

    def _dismiss_or_take_back(self, request: HttpRequest) -> None:
        if dismissal_id := parse_object_id(request.POST.get("take_back")):
            take_back(dismissal_id)
            self.message_user(request, "Taken back.", messages.SUCCESS)
            return
        known = catalogue.refreshed().by_id
        ids = set(map(parse_object_id, request.POST.get("dismiss", "").split(",")))
        exercises = [known[each] for each in ids if each in known]
        if len(exercises) < 2:
            self.message_user(request, FEWER, messages.WARNING)
            return
        dismiss([each["_id"] for each in exercises], cast(User, request.user).pk)
        names = [f"“{name}”" for name in sorted(each["name"] for each in exercises)]
        told = (
            f"{get_text_list(names, 'and')} are different exercises. You can take this back below."
        )
        self.message_user(request, told, messages.SUCCESS)

    def merge_view(self, request: HttpRequest) -> HttpResponseBase:
        """Shows exercises side by side, and merges them."""
        if not self.has_merge_permission(request):
            raise PermissionDenied
        asked = request.GET.getlist("id")[: MOST + 1]
        ids = [each for each in map(parse_object_id, asked) if each]
        form = MergeForm(ids, request.POST)
        if request.method == "POST" and not form.told and form.is_possible:
            try:
                return self._merge(request, form)
            except (FieldRefused, Merged, Missing, PreconditionFailed) as error:
                form = MergeForm(ids, request.POST)
                form.told = form.told or [str(error) or CHANGED]
        if form.is_possible:
            return self._respond(request, "merge", {"title": "Merge exercises", "form": form})
        for text in form.told or [CHOOSE]:
            self.message_user(request, text, messages.WARNING)
        return redirect(_origin(request))

    def _merge(self, request: HttpRequest, form: MergeForm) -> HttpResponseBase:
        operation = Operation(Kind.MERGE, request.user.pk)
        kept = merge_exercises(operation, form.kept_id, form.other_ids, form.fields, form.only_if)
        names = {f"“{each['name']}”": None for each in form.exercises}
        names.pop(f"“{kept['name']}”", None)
        page = reverse("admin:exercises_exercise_change", args=[str(kept["_id"])])
        told = format_html('Merged into <a href="{}" style="{}">{}</a>', page, LINE, kept["name"])
        found = f", which is also found as {get_text_list(list(names), 'and')}" if names else ""
        self.message_user(request, format_html("{}{}.", told, found), messages.SUCCESS)
        return redirect(_origin(request))

    def _respond(self, request: HttpRequest, name: str, context: dict[str, Any]) -> HttpResponse:
        shared = {**self.admin_site.each_context(request), "opts": self.opts}
        return TemplateResponse(request, f"{TEMPLATES}/{name}.html", {**shared, **context})


def _origin(request: HttpRequest) -> str:
    """The page that led to the one that merges."""
    name = "duplicates" if request.GET.get("from") == "duplicates" else "changelist"
    return reverse(f"admin:exercises_exercise_{name}")
