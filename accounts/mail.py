"""Mails to users, sent outside the request: what takes no time tells nothing."""

import logging
from concurrent.futures import ThreadPoolExecutor
from contextvars import Context
from functools import wraps

from django.core.mail import send_mail
from django.db import connections
from django.template.loader import render_to_string
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from fitness_project.serving.request_ids import continue_request, current_request_id

from .models import User
from .signing_in.lockout import is_within_limit
from .signing_in.tokens import reset_tokens

log = logging.getLogger(__name__)
background = ThreadPoolExecutor(max_workers=2, thread_name_prefix="mail")


def in_background(work):
    """Runs `work` in a thread of this process; what goes wrong is logged, with the request's id."""

    @wraps(work)
    def run(request_id, *args):
        continue_request(request_id)
        try:
            work(*args)
        except Exception:
            log.exception("A mail was not sent (%s).", work.__name__)
        finally:
            connections.close_all()

    # Not in the request's context, whose time for the database may be over by then.
    return lambda *args: background.submit(Context().run, run, current_request_id(), *args)


@in_background
def send_password_reset(email: str, site: str) -> None:
    """To the active user with this e-mail, if there is one who got fewer than five within 15
    minutes. `site` is the service's address."""
    user = User.objects.filter(email=email, is_active=True).first()
    if user is not None and is_within_limit("reset mail", email):
        uid = urlsafe_base64_encode(force_bytes(user.pk))
        token = reset_tokens.make_token(user)
        link = f"{site}/password-reset/{uid}/{token}/"
        _send("password_reset", user, {"link": link, "uid": uid, "token": token})


@in_background
def send_password_changed(user: User) -> None:
    _send("password_changed", user, {})


SUBJECTS = {
    "password_reset": "Choose a new password",
    "password_changed": "Your password was changed",
}


def _send(kind, user, context):
    """Nothing in it is the user's own words: anybody may register somebody else's address."""
    text, html = (
        render_to_string(f"accounts/mail/{kind}.{form}", context) for form in ("txt", "html")
    )
    send_mail(SUBJECTS[kind], text, None, [user.email], html_message=html)
