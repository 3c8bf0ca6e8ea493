"""Changing one's e-mail address, by a link that is sent to the new one."""

from datetime import datetime
from typing import NamedTuple

from pymongo.errors import DuplicateKeyError

from fitness_project.database.transactions import transactional
from fitness_project.documents.instants import now
from fitness_project.errors import FieldRefused

from .email_tokens import new_email_in
from .mail import send_email_change_notice, send_email_confirmation
from .models import User
from .passwords import INVALID_LINK, linked_user
from .signing_in.lockout import count_request
from .signing_in.principals import remembered_principals

TAKEN_MEANWHILE = ("unique", "Another account has this e-mail address by now.")


def request_email_change(user: User, new_email: str, address: str, site: str) -> None:
    """Sends the new address a link, and the old one a notice.

    Takes the same time whether or not the new address is free. `address` is the IP address that
    asked. Raises TooManyAttempts.
    """
    count_request("email change", address)
    send_email_change_notice(user)
    send_email_confirmation(user, new_email, site.rstrip("/"))


class Change(NamedTuple):
    user: User
    new_email: str


def find_change(uid: str, token: str) -> Change | None:
    """None if the link isn't valid."""
    user = linked_user(uid)
    new_email = None if user is None else new_email_in(token, user)
    return Change(user, new_email) if user and new_email else None


def confirm_email_change(uid: str, token: str) -> User:
    """Gives the user the new address. Returns the user as they were before.

    Raises FieldRefused if the link isn't valid, or the address has been taken meanwhile.
    """
    try:
        user = _replace_email(uid, token, now())
    except DuplicateKeyError:
        raise FieldRefused("token", TAKEN_MEANWHILE) from None
    remembered_principals.forget()
    return user


@transactional
def _replace_email(uid: str, token: str, present: datetime) -> User:
    """Deletes the user's document and inserts it again: a unique index keeps its values."""
    user = linked_user(uid)
    if user is not None and user.email_changed_at == present:
        return user  # The transaction was committed and only the reply was lost.
    new_email = None if user is None else new_email_in(token, user)
    if user is None or new_email is None:
        raise FieldRefused("token", INVALID_LINK)
    if User.objects.find_by_email(new_email) is not None:
        raise FieldRefused("token", TAKEN_MEANWHILE)
    users = User.objects.documents
    stored = users.get(user.pk)
    users.collection.delete_one({"_id": user.pk}, session=users.session)
    users.insert({**stored, "email": new_email, "emailChangedAt": present})
    return user
