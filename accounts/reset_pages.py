"""The page that the link in a reset e-mail opens: Django's own, with our form."""

from django.contrib.auth.views import PasswordResetCompleteView, PasswordResetConfirmView
from django.urls import path, reverse_lazy

from .admin_site import SITE
from .forms import NewPasswordForm
from .signing_in.tokens import reset_tokens

urlpatterns = [
    path(
        "done/",
        PasswordResetCompleteView.as_view(extra_context=SITE),
        name="password_reset_complete",
    ),
    path(
        "<uidb64>/<token>/",
        PasswordResetConfirmView.as_view(
            extra_context=SITE,
            form_class=NewPasswordForm,
            success_url=reverse_lazy("password_reset_complete"),
            token_generator=reset_tokens,
        ),
        name="password_reset_confirm",
    ),
]
