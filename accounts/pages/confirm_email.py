"""The page that the link in a confirmation e-mail opens.

A button confirms, because mail scanners open links.
"""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.generic import TemplateView

from ..email_change import confirm_email_change, find_change
from .refusals import FormPage


@method_decorator(never_cache, name="dispatch")
class ConfirmView(FormPage):
    form_class = forms.Form
    template_name = "accounts/pages/confirm_email.html"
    extra_context = {"heading": "Confirm your e-mail address"}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(change=find_change(**self.kwargs), **kwargs)

    def form_valid(self, form: forms.Form) -> HttpResponse:
        is_own = confirm_email_change(**self.kwargs) == self.request.user
        return redirect(reverse("email-confirmed") + ("?own" if is_own else ""))


class DoneView(TemplateView):
    """Leads on: to the account, unless another one is signed in in this browser."""

    template_name = "accounts/pages/email_confirmed.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(is_own="own" in self.request.GET, **kwargs)
