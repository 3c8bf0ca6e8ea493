from django.contrib import admin

from accounts.admin import OwnedAdmin

from .models import Session


@admin.register(Session)
class SessionAdmin(OwnedAdmin):
    list_display = ("date", "duration_seconds")
