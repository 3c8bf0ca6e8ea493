"""The page that the mail's link opens: Django's own, with what the service does besides."""

from django.contrib.auth.forms import SetPasswordForm
from django.contrib.auth.views import PasswordResetCompleteView, PasswordResetConfirmView
from django.urls import path, reverse_lazy

from .services import change_password
from .tokens import reset_tokens


class NewPasswordForm(SetPasswordForm):
    def save(self, commit=True):
        change_password(self.user, self.cleaned_data["new_password1"])
        return self.user


urlpatterns = [
    path(
        "done/",
        PasswordResetCompleteView.as_view(),
        name="password_reset_complete",
    ),
    path(
        "<uidb64>/<token>/",
        PasswordResetConfirmView.as_view(
            form_class=NewPasswordForm,
            success_url=reverse_lazy("password_reset_complete"),
            token_generator=reset_tokens,
        ),
        name="password_reset_confirm",
    ),
]
