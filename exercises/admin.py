from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import model_ngettext
from django.contrib.admin.widgets import AdminTextareaWidget
from django.db.models import TextField

from accounts.admin_site import ModelAdmin
from fitness_project.api.forms import CleanTextForm, LinesField

from . import services
from .models import Exercise
from .names import name_key


class ExerciseForm(CleanTextForm):
    class Meta:
        model = Exercise
        fields = "__all__"

    def clean_name(self):
        name = self.cleaned_data["name"]
        others = Exercise.objects.filter(name_key=name_key(name)).exclude(pk=self.instance.pk)
        if others.exists():
            raise forms.ValidationError("Another exercise has this name.", "unique")
        return name


@admin.register(Exercise)
class ExerciseAdmin(ModelAdmin):
    """Writes go through the services, as the API's do."""

    form = ExerciseForm
    formfield_overrides = {
        TextField: {"form_class": LinesField, "widget": AdminTextareaWidget},
    }
    list_display = ("name", "category", "equipment", "level", "is_archived")
    list_filter = ("is_archived", "category", "equipment", "level")
    search_fields = ("name",)
    ordering = ("name_key",)
    actions = ("archive", "restore")

    def save_model(self, request, exercise, form, change):
        document = stored_fields(exercise, form.cleaned_data)
        if change:
            services.change_exercise(exercise.pk, document)
        else:
            exercise.pk = services.create_exercise(document)["_id"]

    def get_deleted_objects(self, exercises, request):
        """What is in use is named on the page that asks for confirmation, and stays."""
        *found, _ = super().get_deleted_objects(exercises, request)
        used = services.used_among(exercise.pk for exercise in exercises)
        return *found, [
            f"{exercise} is in use: archive it instead."
            for exercise in exercises
            if exercise.pk in used
        ]

    def delete_model(self, request, exercise):
        services.delete_exercise(exercise.pk)

    def delete_queryset(self, request, queryset):
        exercises = {exercise.pk: exercise for exercise in queryset}
        for id in services.delete_exercises(list(exercises)):
            message = f"{exercises[id]} stays: it was put to use just now."
            self.message_user(request, message, messages.WARNING)

    @admin.action(description="Archive selected exercises", permissions=["change"])
    def archive(self, request, queryset):
        self._set_archived(request, queryset, True)

    @admin.action(description="Restore selected exercises", permissions=["change"])
    def restore(self, request, queryset):
        self._set_archived(request, queryset, False)

    def _set_archived(self, request, queryset, archived):
        ids = queryset.values_list("pk", flat=True)
        changed = services.store_exercises([], [(id, {"isArchived": archived}) for id in ids])
        count, done = len(changed), "archived" if archived else "restored"
        message = f"{count} {model_ngettext(self.opts, count)} {done}."
        self.message_user(request, message, messages.SUCCESS)


def stored_fields(exercise, names) -> dict:
    """Those of a form, under their stored names."""
    fields = [exercise._meta.get_field(name) for name in names]
    return {field.column: getattr(exercise, field.attname) for field in fields}
