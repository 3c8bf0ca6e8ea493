from django.contrib import admin

from accounts.admin import OwnedAdmin

from .models import Routine


@admin.register(Routine)
class RoutineAdmin(OwnedAdmin):
    list_display = ("name", "updated_at")
