"""Django's forms for a new password of one's own, with what the service does besides."""

from django.contrib.admin.forms import AdminPasswordChangeForm
from django.contrib.auth.forms import SetPasswordForm

from .services import change_password


class NewPasswordForm(SetPasswordForm):
    def save(self, commit=True):
        change_password(self.user, self.cleaned_data["new_password1"])
        return self.user


class ChangePasswordForm(NewPasswordForm, AdminPasswordChangeForm):
    """Asks for the old one too."""
