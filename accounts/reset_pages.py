"""The page that the link in a reset e-mail opens: Django's own, with our form."""

from django.contrib.auth.views import PasswordResetCompleteView, PasswordResetConfirmView
from django.urls import path, reverse

from .admin_site import SITE
from .forms import NewPasswordForm
from .models import User
from .signing_in.tokens import reset_tokens


class ChoosePasswordView(PasswordResetConfirmView):
    user: User
    extra_context = SITE
    form_class = NewPasswordForm
    token_generator = reset_tokens

    def get_success_url(self) -> str:
        """Only staff have a page on which to sign in: others use their app."""
        whose = "staff_" if self.user.is_staff else ""
        return reverse(f"{whose}password_reset_complete")


urlpatterns = [
    path(
        "done/",
        PasswordResetCompleteView.as_view(extra_context=SITE),
        name="password_reset_complete",
    ),
    path(
        "done/staff/",
        PasswordResetCompleteView.as_view(extra_context={**SITE, "is_staff": True}),
        name="staff_password_reset_complete",
    ),
    path("<uidb64>/<token>/", ChoosePasswordView.as_view(), name="password_reset_confirm"),
]
