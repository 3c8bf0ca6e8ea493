"""The log on an exercise's own pages in the admin."""

from typing import Any

from bson import ObjectId
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from accounts.admin_site import ModelAdmin
from exercises.catalogue import catalogue
from fitness_project.documents.ids import parse_object_id

from . import reading
from .admin import may_see

# On the page with the form. The history page shows all.
LATEST = 10


class LoggedAdmin(ModelAdmin):
    """Shows the log of the catalogue in place of Django's, which knows the admin's forms only."""

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        """The service has logged it."""

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        """The service has logged it."""

    def log_deletions(self, request: HttpRequest, queryset: QuerySet) -> Any:
        """The service logs it."""

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        return super().change_view(
            request, object_id, form_url, {**self._latest(object_id), **(extra_context or {})}
        )

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Shows the history of deleted exercises, too."""
        if not may_see(request):
            raise PermissionDenied
        exercise_id = parse_object_id(object_id)
        after = parse_object_id(request.GET.get("after"))
        page = reading.changes(after, exerciseId=exercise_id) if exercise_id else None
        exercise = catalogue.find(exercise_id) if exercise_id else None
        if page is None or not (exercise or page.rows):
            raise Http404("There has never been an exercise with this id.")
        name = exercise["name"] if exercise else page.rows[0].name
        context = {
            "title": f"History: {name}",
            "name": name,
            "exists": exercise is not None,
            "exercise_id": exercise_id,
            "page": page,
            "opts": self.opts,
        }
        shared = {**self.admin_site.each_context(request), **context, **(extra_context or {})}
        return TemplateResponse(request, "admin/exercises/exercise/object_history.html", shared)

    def _latest(self, object_id: str) -> dict[str, Any]:
        exercise_id: ObjectId | None = parse_object_id(object_id)
        if exercise_id is None:
            return {}
        rows = reading.changes(exerciseId=exercise_id).rows
        return {"page": {"rows": rows[:LATEST]}, "has_more_history": len(rows) > LATEST}
