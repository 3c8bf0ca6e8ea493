"""Creating an account, through the API or on a page."""

from functools import partial
from typing import Any

from django.db import IntegrityError

from fitness_project.api.input import Input
from fitness_project.errors import FieldRefused

from .models import TAKEN, User
from .serializers import RegisterSerializer
from .signing_in.lockout import attempt_registration

CLOSED = "Registration is closed."


def register(body: Any, address: str) -> User:
    """Creates an account from a body of the API's call. `address` is the IP address that asks.

    Raises ValidationError, FieldRefused if the e-mail address is taken, and TooManyAttempts.
    """
    create = partial(_create, RegisterSerializer.read(Input(body)))
    user = attempt_registration(create, address)
    if user is None:
        raise FieldRefused("email", ("unique", TAKEN))
    return user


def _create(fields: dict[str, Any]) -> User | None:
    try:
        return User.objects.create_user(**fields)
    except IntegrityError:
        return None
