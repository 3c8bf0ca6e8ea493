"""Which user and sign-in an access token stands for."""

from collections.abc import Callable
from time import monotonic, time
from typing import NamedTuple

from ..models import User
from .tokens import AccessToken

MAX_AGE = 4.0
# At most 8 MB in each process, at 2.6 kB for one: more people than a process serves in MAX_AGE.
MAX_REMEMBERED = 3_000


class Principal(NamedTuple):
    """A user and the token that was sent. Requests share users, so don't change them."""

    user: User
    token: AccessToken


class RememberedPrincipals:
    """The principals of tokens, as read from the database at most MAX_AGE seconds ago.

    A stream of requests with one token costs two queries and one check of a signature every few
    seconds. Whatever ends a sign-in (logout, a changed password, deactivation, deletion) takes
    effect in every process within five seconds.
    """

    def __init__(self) -> None:
        self._principals: dict[bytes, tuple[Principal, float]] = {}
        self._next_sweep = 0.0

    def get(self, text: bytes, find: Callable[[bytes], Principal]) -> Principal:
        """The token's principal, remembered or found by `find`."""
        found = self._principals.get(text)
        if found is not None and found[1] > monotonic():
            return found[0]
        asked = monotonic()
        principal = find(text)
        self.remember(text, principal, asked)
        return principal

    def remember(self, text: bytes, principal: Principal, asked: float) -> None:
        """For MAX_AGE from the time `asked`, but no longer than the token is valid."""
        if asked >= self._next_sweep:
            self._next_sweep = asked + MAX_AGE
            for other, (_, until) in list(self._principals.items()):
                if until <= asked:
                    self._principals.pop(other, None)
        if len(self._principals) < MAX_REMEMBERED:
            until = asked + min(MAX_AGE, principal.token["exp"] - time())
            self._principals[text] = principal, until

    def forget(self) -> None:
        self._principals.clear()


remembered_principals = RememberedPrincipals()
