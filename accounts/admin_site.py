from django.contrib import admin
from django.contrib.auth.views import PasswordChangeView
from django.urls import reverse

from .forms import ChangePasswordForm

# Of pages outside the admin that look like it.
SITE = {"site_title": "Fitness", "site_header": "Fitness"}


class AdminSite(admin.AdminSite):
    site_title = "Fitness"
    site_header = "Fitness administration"

    def password_change(self, request, extra_context=None):
        """Django's, with the service's form."""
        return PasswordChangeView.as_view(
            form_class=ChangePasswordForm,
            success_url=reverse("admin:password_change_done"),
            extra_context={**self.each_context(request), **(extra_context or {})},
        )(request)
