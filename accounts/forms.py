"""Django's forms for a new password of one's own, with what the service does besides."""

from django.contrib.admin.forms import AdminPasswordChangeForm
from django.contrib.auth.forms import SetPasswordForm
from django.core.exceptions import ValidationError

from .passwords import change_password
from .signing_in.lockout import password_attempt


class NewPasswordForm(SetPasswordForm):
    def save(self, commit=True):
        change_password(self.user, self.cleaned_data["new_password1"])
        return self.user


class ChangePasswordForm(NewPasswordForm, AdminPasswordChangeForm):
    """Asks for the old one too, and counts who guesses it from `address`."""

    def __init__(self, *args, address, **kwargs):
        self.address = address
        super().__init__(*args, **kwargs)

    def clean_old_password(self):
        old = self.cleaned_data["old_password"]
        with password_attempt(self.user.email, self.address) as success:
            if is_right := self.user.check_password(old):
                success()
        if not is_right:
            raise ValidationError(
                self.error_messages["password_incorrect"], code="password_incorrect"
            )
        return old
