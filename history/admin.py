from django.contrib import admin

from .models import Session


@admin.register(Session)
class SessionAdmin(admin.ModelAdmin):
    """To look at, where support needs it: a session is its user's to change."""

    list_display = ("date", "user", "duration_seconds")
    list_select_related = ("user",)
    ordering = ("-id",)
    show_full_result_count = False

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, session=None):
        return False

    def has_delete_permission(self, request, session=None):
        return False
