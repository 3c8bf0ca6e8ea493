from collections.abc import Callable
from functools import partial, wraps
from typing import Any

from django.contrib import admin
from django.contrib.auth.views import (
    LogoutView,
    PasswordChangeView,
    PasswordResetDoneView,
    PasswordResetView,
)
from django.core.exceptions import BadRequest, PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.urls import URLPattern, URLResolver, path, reverse

from fitness_project.serving.addresses import client_address

from .forms import ChangePasswordForm, RequestResetForm, StaffSignInForm

SIGNED_OUT = (
    "You aren't signed in any more, and nothing has been saved. Sign in in another tab, return to "
    "your form with this tab's Back button, and save it again."
)
# A search becomes a regular expression, and MongoDB refuses very long ones.
MAX_SEARCH_LENGTH = 100


class AdminSite(admin.AdminSite):
    site_title = "Fitness"
    site_header = "Fitness administration"
    login_form = StaffSignInForm

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Leaves out "View on site", because no document has a page there."""
        urls = [url for url in super().get_urls() if getattr(url, "name", "") != "view_on_site"]
        return [
            path("password_reset/", self.password_reset, name="password_reset"),
            path("password_reset/done/", self.password_reset_done, name="password_reset_done"),
            *urls,
        ]

    def admin_view(self, view: Callable[..., HttpResponseBase], cacheable: bool = False) -> Any:
        """Responds with 400 if the path or a form has something else in place of an id, and tells
        whoever sends a form without being signed in how to keep what it has."""

        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            try:
                return view(request, *args, **kwargs)
            except ValidationError as error:
                raise BadRequest from error

        admitted = super().admin_view(checked, cacheable)

        @wraps(view)
        def kept(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method == "POST" and request.user.is_anonymous and view != self.logout:
                raise PermissionDenied(SIGNED_OUT)
            response: HttpResponseBase = admitted(request, *args, **kwargs)
            return response

        return kept

    def password_change(  # type: ignore[override]  # Django's own also redirects.
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponseBase:
        """Uses our form in Django's view."""
        return PasswordChangeView.as_view(
            form_class=partial(ChangePasswordForm, address=client_address(request)),
            success_url=reverse("admin:password_change_done"),
            extra_context={**self.each_context(request), **(extra_context or {})},
        )(request)

    def password_reset(self, request: HttpRequest) -> HttpResponseBase:
        """For those who have forgotten their password."""
        return PasswordResetView.as_view(
            form_class=RequestResetForm,
            success_url=reverse("admin:password_reset_done"),
            extra_context=self.each_context(request),
        )(request)

    def logout(  # type: ignore[override]  # Django's own also redirects.
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponseBase:
        """Leads to the admin's sign-in rather than the API's."""
        return LogoutView.as_view(next_page=reverse("admin:login"))(request)

    def password_reset_done(self, request: HttpRequest) -> HttpResponseBase:
        return PasswordResetDoneView.as_view(extra_context=self.each_context(request))(request)


class ModelAdmin(admin.ModelAdmin):
    """Allows only the filters that its page offers, and searches of a bounded length."""

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        field, _, kind = lookup.partition("__")
        return field in self.get_list_filter(request) and kind in ("", "exact", "isnull")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        return super().get_search_results(request, queryset, search_term[:MAX_SEARCH_LENGTH])
