"""Changing a password: by its owner, by an e-mailed link, or by staff."""

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.views import PasswordResetConfirmView
from django.core.exceptions import ValidationError

from fitness_project.database.transactions import transactional
from fitness_project.errors import Busy, FieldRefused

from .mail import send_password_changed, send_password_reset
from .models import User
from .signing_in.lockout import count_request
from .signing_in.principals import remembered_principals
from .signing_in.sign_ins import BEING_CHANGED, end_sign_ins
from .signing_in.tokens import reset_tokens

INVALID_LINK = ("invalid_link", "This link isn't valid, or has been used already.")


def change_password(user: User, password: str | None) -> None:
    """Ends every sign-in, and notifies the user by e-mail. None leaves the user without a password.

    Raises Busy if the password or the e-mail address has changed since the user was read: of two
    simultaneous changes, the first one stands.
    """
    if not _replace_password(user, make_password(password)):
        raise Busy(BEING_CHANGED)


def change_password_by_link(user: User, password: str) -> None:
    """Like change_password, but raises FieldRefused if the password or the e-mail address has
    changed: that has spent the link by which the user was found."""
    if not _replace_password(user, make_password(password)):
        raise FieldRefused("token", INVALID_LINK)


def _replace_password(user: User, encoded: str) -> bool:
    if not _store_password(user, encoded):
        return False
    user.password = encoded
    remembered_principals.forget()
    send_password_changed(user)
    return True


@transactional
def _store_password(user: User, encoded: str) -> bool:
    # Also matches the new hash: if the reply to the commit is lost, the transaction runs again.
    current = User.objects.filter(
        pk=user.pk,
        password__in=(user.password, encoded),
        email_changed_at=user.email_changed_at,
    )
    is_current = current.update(password=encoded) > 0
    if is_current:
        end_sign_ins(userId=user.pk)
    return is_current


def request_reset(email: str, address: str, site: str) -> None:
    """Sends a link for choosing a new password, if an active user has this e-mail address.

    Takes the same time whether or not there is one. `address` is the IP address that asked.
    Raises TooManyAttempts.
    """
    count_request("reset", address)
    send_password_reset(email, site.rstrip("/"))


def reset_password(uid: str, token: str, password: str) -> None:
    """Sets a password with the `uid` and `token` of an e-mailed link.

    Raises FieldRefused if the link isn't valid, has expired or has been used, or if the password is
    too weak.
    """
    user = linked_user(uid)
    if user is None or not reset_tokens.check_token(user, token):
        raise FieldRefused("token", INVALID_LINK)
    refuse_weak_password(password, user, "newPassword")
    change_password_by_link(user, password)


def linked_user(uid: str) -> User | None:
    """The active user whom an e-mailed link names."""
    user = PasswordResetConfirmView().get_user(uid)
    return user if isinstance(user, User) and user.is_active else None


def refuse_weak_password(password: str, user: AbstractBaseUser, field: str) -> None:
    """Raises FieldRefused with everything that is weak about it."""
    if faults := weaknesses(password, user):
        raise FieldRefused(field, *faults)


def weaknesses(password: str, user: AbstractBaseUser) -> list[tuple[str, str]]:
    """The codes and texts of all that Django's validators find."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        return [(fault.code or "invalid", fault.messages[0]) for fault in error.error_list]
    return []
