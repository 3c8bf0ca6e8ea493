"""Which refresh tokens of a sign-in may be used: the rules, without the database.

Both tokens of a pair have the pair's id as their `jti`. The first use of a refresh token rotates
it, which yields a pair. A client that never received that pair may use the token again, and each
such retry yields another pair: within GRACE of the rotation, or as long as no token of any pair
that the rotation yielded has been used. Otherwise a second use shows that two parties hold the
token.

A sign-in keeps the rotations whose token may be used again, or whose pairs still have an unused
refresh token. Usually these are the last one or two.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from ..documents import RotationDocument

GRACE = timedelta(seconds=10)
# They bound the stored document. Only a sign-in with hundreds of lost responses comes near. It then
# loses what it used least recently.
MAX_ROTATIONS = 200
MAX_PAIRS = 200

Rotations = Sequence[RotationDocument]


def begin(pair_id: str, present: datetime) -> list[RotationDocument]:
    """The rotations of a new sign-in. Its first pair comes from no token that could be retried."""
    return [_rotation("", pair_id, present, is_used=True)]


def after_refresh(
    rotations: Rotations, token_id: str, pair_id: str, present: datetime
) -> list[RotationDocument] | None:
    """The rotations after the refresh token has yielded the pair, or None if it may not be used.

    `present` has no time zone, as stored dates when they are read.
    """
    source = _find(rotations, lambda r: token_id in r["pairs"])
    retried = _find(rotations, lambda r: r["tokenId"] == token_id and _may_retry(r, present))
    if source is not None:
        changed = [_without_pair(source, token_id), _rotation(token_id, pair_id, present)]
    elif retried is not None:
        changed = [_with_pair(retried, pair_id)]
    else:
        return None
    others = [r for r in rotations if r is not source and r is not retried]
    kept = [r for r in (*others, *changed) if r["pairs"] or _may_retry(r, present)]
    return kept[-MAX_ROTATIONS:]


def after_access(rotations: Rotations, pair_id: str) -> list[RotationDocument] | None:
    """The rotations after the first use of the pair's access token, or None for a later use."""
    source = _find(rotations, lambda r: pair_id in r["pairs"] and not r["isUsed"])
    if source is None:
        return None
    return [{**r, "isUsed": True} if r is source else r for r in rotations]


def _find(
    rotations: Rotations, matches: Callable[[RotationDocument], bool]
) -> RotationDocument | None:
    return next(filter(matches, rotations), None)


def _may_retry(rotation: RotationDocument, present: datetime) -> bool:
    return not rotation["isUsed"] or rotation["at"] >= present - GRACE


def _rotation(
    token_id: str, pair_id: str, present: datetime, *, is_used: bool = False
) -> RotationDocument:
    return {"tokenId": token_id, "at": present, "isUsed": is_used, "pairs": [pair_id]}


def _with_pair(rotation: RotationDocument, pair_id: str) -> RotationDocument:
    return {**rotation, "pairs": [*rotation["pairs"], pair_id][-MAX_PAIRS:]}


def _without_pair(rotation: RotationDocument, pair_id: str) -> RotationDocument:
    return {**rotation, "isUsed": True, "pairs": [p for p in rotation["pairs"] if p != pair_id]}
