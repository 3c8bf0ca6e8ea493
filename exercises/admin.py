from collections.abc import Sequence
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, path

from fitness_project.documents.ids import parse_object_id
from fitness_project.errors import InUse, Missing

from . import deletions
from .audit.operations import Kind, Operation
from .bulk_actions import ACTIONS, carry_out
from .catalogue import catalogue
from .curating.admin import ListAdmin
from .curating.form_admin import FormAdmin
from .importing.admin import ImportAdmin
from .merging.admin import MergingAdmin, merge_selected
from .models import Exercise
from .references import used_among
from .uses import in_use


@admin.register(Exercise)
class ExerciseAdmin(MergingAdmin, ImportAdmin, ListAdmin, FormAdmin):
    actions = (*ACTIONS, merge_selected)

    def get_deleted_objects(
        self, exercises: Sequence[Exercise] | QuerySet[Exercise], request: HttpRequest
    ) -> Any:
        """Reports exercises in use as protected on the page that asks for confirmation.

        Django would look for what else is to be deleted with each, which is nothing.
        """
        used = used_among(exercise.pk for exercise in exercises)
        needed = set() if self.has_delete_permission(request) else {self.opts.verbose_name}
        names = [str(exercise) for exercise in exercises]
        counts = {self.opts.verbose_name_plural: len(names)}
        return names, counts, needed, in_use([each for each in exercises if each.pk in used])

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.archive_view)
        return [path("<id>/archive/", view, name="exercises_exercise_archive"), *super().get_urls()]

    def archive_view(self, request: HttpRequest, id: str) -> HttpResponseBase:  # noqa: A002
        """Archives an exercise that can't be deleted, for the page that says so."""
        exercise_id = parse_object_id(id)
        exercise = catalogue.find(exercise_id) if exercise_id else None
        if exercise is None:
            raise Http404("No exercise has this id.")
        if request.method != "POST" or not self.has_change_permission(request):
            raise PermissionDenied
        carry_out(self, request, Kind.ARCHIVE, [exercise], {"isArchived": True}, "archived.")
        return redirect("admin:exercises_exercise_changelist")

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """What has just been deleted, or come into use, is found by a second look."""
        try:
            return super().delete_view(request, object_id, extra_context)
        except (InUse, Missing):
            return super().delete_view(request, object_id, extra_context)

    def delete_model(self, request: HttpRequest, exercise: Exercise) -> None:
        deletions.delete_exercise(Operation(Kind.DELETE, request.user.pk), exercise.pk)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Exercise]) -> None:
        exercises = {exercise.pk: exercise for exercise in queryset}
        operation = Operation(Kind.DELETE, request.user.pk)
        for used in deletions.delete_exercises(operation, list(exercises)):
            message = f"{exercises[used]} was not deleted: it has just come into use."
            self.message_user(request, message, messages.WARNING)
