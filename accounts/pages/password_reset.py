"""Choosing a new password by e-mail: asking for a link, and the page that the link opens."""

from typing import Any

from django.contrib.auth.views import (
    PasswordResetCompleteView,
    PasswordResetConfirmView,
    PasswordResetDoneView,
    PasswordResetView,
)
from django.urls import reverse, reverse_lazy

from ..forms import RequestResetForm
from ..models import User
from ..signing_in.tokens import reset_tokens
from .forms import NewPasswordForm
from .refusals import FormPage


class RequestView(FormPage, PasswordResetView):
    form_class = RequestResetForm
    template_name = "accounts/pages/request_reset.html"
    extra_context = {"heading": "Forgotten your password?"}
    success_url = reverse_lazy("password-reset-sent")


class RequestedView(PasswordResetDoneView):
    template_name = "accounts/pages/reset_requested.html"


class ChooseView(FormPage, PasswordResetConfirmView):
    user: User
    form_class = NewPasswordForm  # type: ignore[assignment]  # Any form for a user will do.
    token_generator = reset_tokens
    template_name = "accounts/pages/choose_password.html"
    extra_context = {"heading": "Choose a new password"}

    def get_success_url(self) -> str:
        """Whoever works in the admin can go back there."""
        whose = f"?next={reverse('admin:index')}" if self.user.is_staff else ""
        return reverse("password-reset-done") + whose


class DoneView(PasswordResetCompleteView):
    template_name = "accounts/pages/password_chosen.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(next=self.request.GET.get("next", ""), **kwargs)
