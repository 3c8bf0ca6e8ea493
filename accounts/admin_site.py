from functools import partial, wraps

from django.contrib import admin
from django.contrib.auth.views import PasswordChangeView
from django.core.exceptions import BadRequest, ValidationError
from django.urls import reverse

from fitness_project.serving.addresses import client_address

from .forms import ChangePasswordForm

# Of pages outside the admin that look like it.
SITE = {"site_title": "Fitness", "site_header": "Fitness"}
# What nobody types makes a pattern too long for the database.
MAX_SEARCH = 100


class AdminSite(admin.AdminSite):
    site_title = "Fitness"
    site_header = "Fitness administration"

    def get_urls(self):
        """Without the redirects to documents' own pages: none has one."""
        return [url for url in super().get_urls() if getattr(url, "name", "") != "view_on_site"]

    def admin_view(self, view, cacheable=False):
        """An id in a form or an address that is none is the client's mistake."""

        @wraps(view)
        def checked(request, *args, **kwargs):
            try:
                return view(request, *args, **kwargs)
            except ValidationError as error:
                raise BadRequest from error

        return super().admin_view(checked, cacheable)

    def password_change(self, request, extra_context=None):
        """Django's, with the service's form."""
        return PasswordChangeView.as_view(
            form_class=partial(ChangePasswordForm, address=client_address(request)),
            success_url=reverse("admin:password_change_done"),
            extra_context={**self.each_context(request), **(extra_context or {})},
        )(request)


class ModelAdmin(admin.ModelAdmin):
    """Looks for what its page offers and nothing else."""

    def lookup_allowed(self, lookup, value, request):
        field, _, kind = lookup.partition("__")
        return field in self.get_list_filter(request) and kind in ("", "exact", "isnull")

    def get_search_results(self, request, queryset, search_term):
        return super().get_search_results(request, queryset, search_term[:MAX_SEARCH])
