from django import forms
from django.contrib import admin, messages

from fitness_project.api.forms import CleanTextForm

from . import services
from .models import Exercise
from .names import name_key


class ExerciseForm(CleanTextForm):
    class Meta:
        model = Exercise
        fields = (
            "name",
            "description",
            "gif_url",
            "default_sets",
            "default_reps",
            "category",
            "equipment",
            "level",
            "primary_muscles",
            "secondary_muscles",
            "is_archived",
            "attribution",
        )

    def clean_name(self):
        name = self.cleaned_data["name"]
        others = Exercise.objects.filter(name_key=name_key(name)).exclude(pk=self.instance.pk)
        if others.exists():
            raise forms.ValidationError("Another exercise has this name.", "unique")
        return name


@admin.register(Exercise)
class ExerciseAdmin(admin.ModelAdmin):
    """Writes go through the services, as the API's do."""

    form = ExerciseForm
    list_display = ("name", "category", "equipment", "level", "is_archived")
    list_filter = ("is_archived", "category", "equipment", "level")
    search_fields = ("name",)
    ordering = ("name_key",)
    actions = ("archive", "restore")

    def save_model(self, request, exercise, form, change):
        document = stored_fields(exercise)
        if change:
            services.change_exercise(exercise.pk, document)
        else:
            exercise.pk = services.create_exercise(document)["_id"]

    def get_deleted_objects(self, exercises, request):
        """What is in use is named on the page that asks for confirmation, and stays."""
        *found, _ = super().get_deleted_objects(exercises, request)
        return *found, [
            f"{exercise} is in use: archive it instead."
            for exercise in exercises
            if services.is_in_use(exercise.pk)
        ]

    def delete_model(self, request, exercise):
        services.delete_exercise(exercise.pk)

    def delete_queryset(self, request, queryset):
        for exercise in queryset:
            self.delete_model(request, exercise)

    @admin.action(description="Archive selected exercises", permissions=["change"])
    def archive(self, request, queryset):
        self._set_archived(request, queryset, True)

    @admin.action(description="Restore selected exercises", permissions=["change"])
    def restore(self, request, queryset):
        self._set_archived(request, queryset, False)

    def _set_archived(self, request, queryset, archived):
        ids = list(queryset.values_list("pk", flat=True))
        for id in ids:
            services.change_exercise(id, {"isArchived": archived})
        done = "archived" if archived else "restored"
        self.message_user(request, f"{len(ids)} exercises {done}.", messages.SUCCESS)


def stored_fields(exercise) -> dict:
    """The form's fields under their stored names."""
    fields = [exercise._meta.get_field(name) for name in ExerciseForm.Meta.fields]
    return {field.column: getattr(exercise, field.attname) for field in fields}
