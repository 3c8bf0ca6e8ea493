from django.contrib import admin

from .models import Routine


@admin.register(Routine)
class RoutineAdmin(admin.ModelAdmin):
    """To look at, where support needs it: a routine is its user's to change."""

    list_display = ("name", "user", "updated_at")
    list_select_related = ("user",)
    ordering = ("-id",)
    show_full_result_count = False

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, routine=None):
        return False

    def has_delete_permission(self, request, routine=None):
        return False
