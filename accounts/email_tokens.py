"""Tokens of links that change a user's e-mail address.

A token names the new address and is valid for an hour. It ends when the user's password or e-mail
address changes, so it works once.
"""

from django.conf import settings
from django.core import signing

from fitness_project.api.email_addresses import canonical, in_ascii

from .models import User


def make_token(user: User, new_email: str) -> str:
    """The address is written in ASCII, which keeps the token short."""
    return signing.dumps(in_ascii(new_email), salt=_salt(user))


def new_email_in(token: str, user: User) -> str | None:
    """None if the token isn't valid, or no longer."""
    try:
        email: str = signing.loads(token, salt=_salt(user), max_age=settings.PASSWORD_RESET_TIMEOUT)
    except signing.BadSignature:
        return None
    return canonical(email)


def _salt(user: User) -> str:
    """`email_changed_at` tells an address from the same one after two changes."""
    return f"email change {user.pk} {user.password} {user.email} {user.email_changed_at}"
