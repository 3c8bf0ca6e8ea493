"""E-mails to users.

They are sent in the background, so that a response takes the same time whether or not there is an
account to write to.
"""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from contextvars import Context
from functools import wraps
from typing import ParamSpec

from django.core.mail import send_mail
from django.db import connections
from django.template.loader import render_to_string
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from fitness_project.api.email_addresses import in_ascii
from fitness_project.serving.request_ids import continue_request, current_request_id

from .email_tokens import make_token
from .models import User
from .signing_in.lockout import is_within_limit
from .signing_in.tokens import reset_tokens

log = logging.getLogger(__name__)
background = ThreadPoolExecutor(max_workers=2, thread_name_prefix="mail")

Parameters = ParamSpec("Parameters")


def in_background(work: Callable[Parameters, None]) -> Callable[Parameters, None]:
    """Makes calls of `work` return at once and run in a thread of this process.

    Exceptions are logged, with the id of the request.
    """

    def run(request_id: str, *args: Parameters.args, **kwargs: Parameters.kwargs) -> None:
        continue_request(request_id)
        try:
            work(*args, **kwargs)
        except Exception:
            log.exception("An e-mail was not sent (%s).", work.__name__)
        finally:
            connections.close_all()

    @wraps(work)
    def submit(*args: Parameters.args, **kwargs: Parameters.kwargs) -> None:
        # A new context, because the request's deadline may have passed by the time this runs.
        background.submit(Context().run, run, current_request_id(), *args, **kwargs)

    return submit


@in_background
def send_password_reset(email: str, site: str) -> None:
    """Sends a link for choosing a new password, if an active user has this e-mail address.

    Sends at most five within 15 minutes to one address. `site` is the URL of this service.
    """
    user = User.objects.find_by_email(email)
    if user is not None and user.is_active and may_get_reset(user):
        _send_reset(user, site, "password_reset")


def may_get_reset(user: User) -> bool:
    """Whether the user may get one more e-mail with a link. Counts it."""
    return is_within_limit("reset mail", user.email)


@in_background
def send_reset_by_staff(user: User, site: str) -> None:
    """Like `send_password_reset`, to a user who is active and `may_get_reset`."""
    _send_reset(user, site, "password_reset_by_staff")


def _send_reset(user: User, site: str, template: str) -> None:
    context = _linked(f"{site}/password-reset", user, reset_tokens.make_token(user))
    _send("Choose a new password", user.email, template, context)


def _linked(page: str, user: User, token: str) -> dict[str, str]:
    """The context of an e-mail with a link."""
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    return {"link": f"{page}/{uid}/{token}/", "uid": uid, "token": token}


@in_background
def send_password_changed(user: User) -> None:
    _send("Your password was changed", user.email, "password_changed", {})


@in_background
def send_email_confirmation(user: User, new_email: str, site: str) -> None:
    """Sends the new address a link that makes it the user's, or says that it is taken."""
    if not is_within_limit("confirmation mail", new_email):
        return
    if User.objects.find_by_email(new_email) is not None:
        _send("Your e-mail address has an account", new_email, "email_taken", {})
        return
    context = _linked(f"{site}/confirm-email", user, make_token(user, new_email))
    _send("Confirm your e-mail address", new_email, "confirm_email", context)


@in_background
def send_email_change_notice(user: User) -> None:
    """Tells the old address, whether or not the new one is free."""
    if is_within_limit("email change notice", user.email):
        _send("Your e-mail address is to be changed", user.email, "email_change_notice", {})


def _send(subject: str, email: str, template: str, context: dict[str, str]) -> None:
    """The context holds nothing that the user wrote, such as a name.

    Anybody can register somebody else's address, and would otherwise choose what we write to it.
    """
    text, html = (
        render_to_string(f"accounts/mail/{template}.{extension}", context)
        for extension in ("txt", "html")
    )
    with suppress(ValueError):  # An address from before the domain was checked.
        email = in_ascii(email)
    send_mail(subject, text, None, [email], html_message=html)
