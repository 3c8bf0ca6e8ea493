from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminTextareaWidget
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet, TextField
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django_mongodb_backend.fields import ArrayField

from fitness_project.api.forms import CleanTextForm, LinesField, OnePerLineField
from fitness_project.documents.ids import parse_object_id

from . import deletions, services
from .audit.history import LoggedAdmin
from .audit.operations import Kind, Operation
from .bulk_actions import ACTIONS, carry_out
from .catalogue import catalogue
from .curating.admin import ListAdmin
from .models import Exercise
from .names import name_key
from .references import used_among
from .uses import in_use


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
class ExerciseAdmin(ListAdmin, LoggedAdmin):
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
    actions = ACTIONS

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

    def delete_model(self, request: HttpRequest, exercise: Exercise) -> None:
        deletions.delete_exercise(Operation(Kind.DELETE, request.user.pk), exercise.pk)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Exercise]) -> None:
        exercises = {exercise.pk: exercise for exercise in queryset}
        operation = Operation(Kind.DELETE, request.user.pk)
        for used in deletions.delete_exercises(operation, list(exercises)):
            message = f"{exercises[used]} was not deleted: it has just come into use."
            self.message_user(request, message, messages.WARNING)
