from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import model_ngettext
from django.contrib.admin.widgets import AdminTextareaWidget
from django.db.models import QuerySet, TextField
from django.http import HttpRequest
from django_mongodb_backend.fields import ArrayField

from fitness_project.api.forms import CleanTextForm, LinesField, OnePerLineField

from . import deletions, services
from .audit.history import LoggedAdmin
from .audit.operations import Kind, Operation
from .models import Exercise
from .names import name_key
from .references import used_among


class ExerciseForm(CleanTextForm):
    class Meta:
        model = Exercise
        fields = "__all__"

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        same = Exercise.objects.filter(name_key=name_key(name))
        if same.exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError("Another exercise has this name.", "unique")
        return name


@admin.register(Exercise)
class ExerciseAdmin(LoggedAdmin):
    """Writes through the services, as the API does."""

    form = ExerciseForm
    formfield_overrides = {
        TextField: {"form_class": LinesField, "widget": AdminTextareaWidget},
        ArrayField: {
            "form_class": OnePerLineField,
            "widget": AdminTextareaWidget,
            "help_text": "One muscle per line.",
        },
    }
    list_display = ("name", "category", "equipment", "level", "is_archived")
    list_filter = ("is_archived", "category", "equipment", "level")
    search_fields = ("name",)
    ordering = ("name_key",)
    actions = ("archive", "restore")

    def save_model(
        self, request: HttpRequest, exercise: Exercise, form: forms.ModelForm, change: bool
    ) -> None:
        """Saves only changed fields, because another curator may be changing others."""
        operation = Operation(Kind.FORM, request.user.pk)
        names = form.changed_data if change else form.cleaned_data
        fields = [field for field in exercise._meta.concrete_fields if field.name in names]
        document = {str(field.column): getattr(exercise, field.attname) for field in fields}
        if not change:
            exercise.pk = services.create_exercise(operation, document)["_id"]
        elif document:
            services.change_exercise(operation, exercise.pk, document)

    def get_deleted_objects(
        self, exercises: Sequence[Exercise] | QuerySet[Exercise], request: HttpRequest
    ) -> Any:
        """Reports exercises in use as protected on the page that asks for confirmation."""
        *found, _ = super().get_deleted_objects(exercises, request)
        used = used_among(exercise.pk for exercise in exercises)
        return *found, [
            f"{exercise} is in use: archive it instead."
            for exercise in exercises
            if exercise.pk in used
        ]

    def delete_model(self, request: HttpRequest, exercise: Exercise) -> None:
        deletions.delete_exercise(Operation(Kind.DELETE, request.user.pk), exercise.pk)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Exercise]) -> None:
        exercises = {exercise.pk: exercise for exercise in queryset}
        operation = Operation(Kind.DELETE, request.user.pk)
        for used in deletions.delete_exercises(operation, list(exercises)):
            message = f"{exercises[used]} was not deleted: it has just come into use."
            self.message_user(request, message, messages.WARNING)

    @admin.action(description="Archive selected exercises", permissions=["change"])
    def archive(self, request: HttpRequest, queryset: QuerySet[Exercise]) -> None:
        self._set_archived(request, queryset, True)

    @admin.action(description="Restore selected exercises", permissions=["change"])
    def restore(self, request: HttpRequest, queryset: QuerySet[Exercise]) -> None:
        self._set_archived(request, queryset, False)

    def _set_archived(
        self, request: HttpRequest, queryset: QuerySet[Exercise], archived: bool
    ) -> None:
        chosen = queryset.values_list("pk", flat=True)
        operation = Operation(Kind.ARCHIVE if archived else Kind.RESTORE, request.user.pk)
        changes = [(pk, {"isArchived": archived}) for pk in chosen]
        changed = services.store_exercises(operation, [], changes)
        count, done = len(changed), "archived" if archived else "restored"
        message = f"{count} {model_ngettext(self.opts, count)} {done}."
        self.message_user(request, message, messages.SUCCESS)
