"""The admin's list of exercises, which comes from the catalogue in memory."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from bson import ObjectId
from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path

from accounts.admin_site import ModelAdmin
from exercises.audit.admin import may
from exercises.exporting import FORMATS, file_response
from exercises.models import Exercise, ExerciseDocument
from fitness_project.documents.ids import parse_object_id
from fitness_project.errors import Missing

from .filters import filters
from .listing import Listing, changed_at, chosen
from .uses import counted_in_time

PER_PAGE = 100
# Each is looked for in everybody's routines and sessions, within the time of one request. And the
# page that asks lists them all.
MAX_DELETED = 500
TOO_MANY = f"At most {MAX_DELETED} exercises can be deleted at once. Nothing was deleted."
GONE = "The exercises that you chose have been deleted."
NONE_DELETED = "Nothing was deleted: one of the exercises has just been deleted. Choose again."


@dataclass(frozen=True)
class Row:
    id: ObjectId
    exercise: ExerciseDocument
    changed_at: datetime

    @classmethod
    def of(cls, exercise: ExerciseDocument) -> Self:
        return cls(exercise["_id"], exercise, changed_at(exercise))


class ListAdmin(ModelAdmin):
    """In place of Django's list, whose every page is several queries of the whole collection."""

    def get_urls(self) -> list[URLPattern]:
        uses = self.admin_site.admin_view(self.uses_view)
        export = self.admin_site.admin_view(self.export_view)
        return [
            path("uses/", uses, name="exercises_exercise_uses"),
            path("export/<form>/", export, name="exercises_exercise_export"),
            *super().get_urls(),
        ]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        if request.method == "POST":
            return self._act(request)
        listing = Listing.read(request.GET)
        page = Paginator(listing.exercises(), PER_PAGE).get_page(request.GET.get("page"))
        context = {
            **self.admin_site.each_context(request),
            "title": "Exercises",
            "opts": self.opts,
            "media": self.media["css"],
            "listing": listing,
            "page": page,
            "rows": [Row.of(exercise) for exercise in page],
            "total": f"{page.paginator.count:,}",
            "links": _links(listing, page),
            "previous": page.has_previous() and listing.url(page.previous_page_number()),
            "next": page.has_next() and listing.url(page.next_page_number()),
            "everything": listing.url(),
            "filters": filters(listing),
            "search_removal": listing.url(without="q"),
            "action_form": self._action_form(request),
            "checkbox": ACTION_CHECKBOX_NAME,
            "preserved": self.get_preserved_filters(request),
            "has_add_permission": self.has_add_permission(request),
            "has_import_permission": may(request, "import"),
        }
        return TemplateResponse(request, "admin/exercises/exercise/change_list.html", context)

    def uses_view(self, request: HttpRequest) -> JsonResponse:
        """What uses the exercises with these ids, or the first of them if it takes long."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        ids = map(parse_object_id, request.GET.getlist("id")[:PER_PAGE])
        return JsonResponse(counted_in_time(each for each in ids if each))

    def export_view(self, request: HttpRequest, form: str) -> StreamingHttpResponse:
        """What the list at an address with the same parameters shows, on all its pages."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        if form not in FORMATS:
            raise Http404("There is no such export.")
        return file_response(Listing.read(request.GET).exercises(), form)

    def _act(self, request: HttpRequest) -> HttpResponse:
        ids = [exercise["_id"] for exercise in chosen(request)]
        if not ids and request.POST.getlist(ACTION_CHECKBOX_NAME):
            self.message_user(request, GONE, messages.WARNING)
            return redirect(request.get_full_path())
        if request.POST.get("action") == "delete_selected" and len(ids) > MAX_DELETED:
            self.message_user(request, TOO_MANY, messages.WARNING)
            return redirect(request.get_full_path())
        queryset = Exercise.objects.filter(pk__in=ids)
        try:
            response = self.response_action(request, queryset)
        except Missing:
            response = None
            self.message_user(request, NONE_DELETED, messages.WARNING)
        return response or redirect(request.get_full_path())

    def _action_form(self, request: HttpRequest) -> Any:
        """Nothing if the user may do nothing to exercises."""
        if not self.get_actions(request):
            return None
        form = self.action_form(auto_id=None)
        form.fields["action"].choices = self.get_action_choices(request)
        return form


def _links(listing: Listing, page: Page) -> list[tuple[int | str, str]]:
    """The numbers of the pages with their addresses. Dots stand for those that are left out."""
    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)
    return [(each, listing.url(each) if isinstance(each, int) else "") for each in numbers]
