"""The part of the admin that shows and saves one exercise."""

from typing import Any

from django.contrib.admin.widgets import AdminTextareaWidget
from django.core.exceptions import PermissionDenied
from django.db.models import TextField
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, path, reverse
from django_mongodb_backend.fields import ArrayField

from exercises import services
from exercises.audit.history import LoggedAdmin
from exercises.audit.operations import Kind, Operation
from exercises.models import Exercise, ExerciseDocument
from fitness_project.api.forms import LinesField, OnePerLineField
from fitness_project.documents.ids import parse_object_id
from fitness_project.errors import FieldRefused, Missing, PreconditionFailed

from .form import ExerciseForm
from .similar import similar_exercises

# Longer names are refused.
MAX_NAME = 120


class FormAdmin(LoggedAdmin):
    """Writes through the services, as the API does."""

    form = ExerciseForm
    fields = (
        "name",
        "description",
        "gif_url",
        "category",
        "equipment",
        "level",
        "primary_muscles",
        "secondary_muscles",
        "default_sets",
        "default_reps",
        "is_archived",
        "attribution",
    )
    formfield_overrides = {
        TextField: {"form_class": LinesField, "widget": AdminTextareaWidget},
        ArrayField: {
            "form_class": OnePerLineField,
            "widget": AdminTextareaWidget(attrs={"placeholder": "One per line"}),
        },
    }

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.similar_view)
        return [path("similar/", view, name="exercises_exercise_similar"), *super().get_urls()]

    def similar_view(self, request: HttpRequest) -> HttpResponse:
        """Probable duplicates of the exercise `besides`, while its name is typed."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        besides = parse_object_id(request.GET.get("besides"))
        name = request.GET.get("name", "")[:MAX_NAME]
        found = similar_exercises(name, [besides] if besides else [])
        return JsonResponse({"results": list(map(_link, found))})

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """What comes between the validation and the write is found by a second validation."""
        try:
            return self._form_view(request, object_id, form_url, extra_context)
        except (FieldRefused, Missing, PreconditionFailed):
            return self._form_view(request, object_id, form_url, extra_context)

    def _form_view(
        self,
        request: HttpRequest,
        object_id: str | None,
        form_url: str,
        extra_context: dict[str, Any] | None,
    ) -> HttpResponse:
        """Turns the form for an exercise that has been deleted into one that adds it."""
        may_save = request.POST.get("opened") and self.has_add_permission(request)
        if may_save and object_id and self.get_object(request, object_id) is None:
            object_id, form_url = None, reverse("admin:exercises_exercise_add")
        return super().changeform_view(request, object_id, form_url, extra_context)

    def save_model(
        self, request: HttpRequest, exercise: Exercise, form: ExerciseForm, change: bool
    ) -> None:
        """Saves only changed fields, because another curator may be changing others."""
        operation = Operation(Kind.FORM, request.user.pk)
        names = form.changed_data if change else form.cleaned_data
        fields = [field for field in exercise._meta.concrete_fields if field.name in names]
        document = {str(field.column): getattr(exercise, field.attname) for field in fields}
        if not change:
            exercise.pk = services.create_exercise(operation, document)["_id"]
        elif document:
            services.change_exercise(operation, exercise.pk, document, form.only_if)


def _link(exercise: ExerciseDocument) -> dict[str, Any]:
    return {
        "name": exercise["name"],
        "url": reverse("admin:exercises_exercise_change", args=[str(exercise["_id"])]),
        "isArchived": exercise.get("isArchived", False),
    }
