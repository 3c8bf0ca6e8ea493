"""Changing one's e-mail address, by a link that is sent to the new one."""

from datetime import datetime

from django.contrib.auth.views import PasswordResetConfirmView
from pymongo.errors import DuplicateKeyError

from fitness_project.database.transactions import transactional
from fitness_project.documents.instants import now
from fitness_project.errors import FieldRefused

from .email_tokens import new_email_in
from .mail import send_email_change_notice, send_email_confirmation
from .models import User
from .passwords import INVALID_LINK
from .signing_in.lockout import count_request
from .signing_in.principals import remembered_principals

TAKEN = ("unique", "Another account has this e-mail address by now.")


def request_email_change(user: User, new_email: str, address: str, site: str) -> None:
    """Sends the new address a link, and the old one a notice.

    Takes the same time whether or not the new address is free. `address` is the IP address that
    asked. Raises TooManyAttempts.
    """
    count_request("email change", address)
    send_email_change_notice(user)
    send_email_confirmation(user, new_email, site.rstrip("/"))


def find_change(uid: str, token: str) -> tuple[User, str] | None:
    """The user and the new address of a link, or None if it isn't valid."""
    user = PasswordResetConfirmView().get_user(uid)
    if not (isinstance(user, User) and user.is_active):
        return None
    new_email = new_email_in(token, user)
    return None if new_email is None else (user, new_email)


def confirm_email_change(uid: str, token: str) -> None:
    """Gives the user the new address.

    Raises FieldRefused if the link isn't valid, or the address has been taken meanwhile.
    """
    try:
        _replace_email(uid, token, now())
    except DuplicateKeyError:
        raise FieldRefused("token", TAKEN) from None
    remembered_principals.forget()


@transactional
def _replace_email(uid: str, token: str, present: datetime) -> None:
    """Deletes the user's document and inserts it again: a unique index keeps its values."""
    user = PasswordResetConfirmView().get_user(uid)
    if isinstance(user, User) and user.email_changed_at == present:
        return  # The transaction was committed and only the reply was lost.
    change = find_change(uid, token)
    if change is None:
        raise FieldRefused("token", INVALID_LINK)
    user, new_email = change
    if User.objects.find_by_email(new_email) is not None:
        raise FieldRefused("token", TAKEN)
    users = User.objects.documents
    stored = users.get(user.pk)
    users.collection.delete_one({"_id": user.pk}, session=users.session)
    users.insert({**stored, "email": new_email, "emailChangedAt": present})
