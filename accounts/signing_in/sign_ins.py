"""Sign-ins: one stored document each, which both tokens name.

A refresh token is single-use: one atomic write replaces the token id that was sent by the next one.
If a used token is sent again, two parties hold it, and the sign-in ends (401). There is one
exception, for a client that never received the response: within GRACE of the rotation it may try
again, and gets the current pair.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, TypedDict
from uuid import uuid4

from bson import ObjectId
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from pymongo.collection import Collection

from fitness_project.database.transactions import transactional
from fitness_project.documents.instants import now
from fitness_project.errors import Busy, TokenNotValid

from ..documents import SignInDocument
from ..models import SignIn, User
from .principals import remembered_principals
from .tokens import AccessToken, RefreshToken

GRACE = timedelta(seconds=10)
# More rotations than a client can need within GRACE.
MAX_ROTATED = 50
BEING_CHANGED = "This account is being changed at the moment. Try again shortly."


class TokenPair(TypedDict):
    access: str
    refresh: str


class Use(TypedDict):
    """The fields of a sign-in that change whenever it is used."""

    lastUsedAt: datetime
    expiresAt: datetime


def start_sign_in(user: User, *, user_agent: str, ip: str) -> TokenPair:
    """Stores a new sign-in and returns its tokens.

    Raises Busy if the user has been deactivated or has a new password since the user was read:
    nobody stays signed in by an old password.
    """
    present = now()
    sign_in: SignInDocument = {
        "_id": ObjectId(),
        "userId": user.pk,
        "tokenId": uuid4().hex,
        "rotated": [],
        "createdAt": present,
        "userAgent": user_agent[:300],
        "ip": ip,
        **_used_at(present),
    }
    return token_pair(_store(sign_in, user))


@transactional
def _store(sign_in: SignInDocument, user: User) -> SignInDocument:
    users = User.objects.documents
    updated = users.collection.update_one(
        {"_id": user.pk, "password": user.password, "isActive": True},
        {"$set": {"lastLogin": sign_in["createdAt"]}},
        session=users.session,
    )
    if not updated.matched_count:
        raise Busy(BEING_CHANGED)
    # An insert would fail when this runs again, which it does if the reply to the commit is lost.
    _stored().replace_one({"_id": sign_in["_id"]}, sign_in, upsert=True, session=users.session)
    return sign_in


def token_pair(sign_in: SignInDocument) -> TokenPair:
    return {
        "access": str(AccessToken.of(sign_in)),
        "refresh": str(RefreshToken.of(sign_in, jti=sign_in["tokenId"])),
    }


def refresh_sign_in(token: RefreshToken | None) -> TokenPair:
    """Returns the next pair.

    Raises TokenNotValid for no token, and if the sign-in has ended. A token that has been used
    before ends it.
    """
    if token is None or not User.objects.filter(pk=token.user_id, is_active=True).exists():
        raise TokenNotValid
    return token_pair(_rotate(token) or _retry(token))


def _rotate(token: RefreshToken) -> SignInDocument | None:
    """The sign-in with its next token id, or None if this token isn't its current one."""
    present = now()
    rotation = {"tokenId": token["jti"], "at": present}
    rotations = {"$concatArrays": ["$rotated", [{"$literal": rotation}]]}
    changes: Any = {"tokenId": uuid4().hex, **_used_at(present)}
    rotated = {
        "$mergeObjects": [
            "$$ROOT",
            {"$literal": changes},
            {"rotated": {"$slice": [rotations, -MAX_ROTATED]}},
        ]
    }
    is_current = {
        "$and": [{"$eq": ["$userId", token.user_id]}, {"$eq": ["$tokenId", token["jti"]]}]
    }
    done = _stored().update_one(
        {"_id": token.sign_in_id},
        [{"$replaceWith": {"$cond": [is_current, rotated, "$$ROOT"]}}],
    )
    sign_in: Any = {"_id": token.sign_in_id, "userId": token.user_id, **changes}
    return sign_in if done.modified_count else None


def _retry(token: RefreshToken) -> SignInDocument:
    """The sign-in as it is, if the token was rotated within GRACE. Otherwise ends it."""
    sign_in = _stored().find_one({"_id": token.sign_in_id})
    if sign_in is None or sign_in["userId"] != token.user_id:
        raise TokenNotValid
    earliest = (now() - GRACE).replace(tzinfo=None)
    if any(r["tokenId"] == token["jti"] and r["at"] >= earliest for r in sign_in["rotated"]):
        return sign_in
    end_sign_ins(_id=sign_in["_id"])
    raise TokenNotValid


def end_sign_ins(**conditions: Any) -> int:
    """Ends those that match: at once in this process, and within seconds in every other.

    Returns how many there were.
    """
    deleted = _stored().delete_many(conditions, session=SignIn.objects.documents.session)
    remembered_principals.forget()
    return deleted.deleted_count


def sign_out(user_ids: Iterable[ObjectId]) -> None:
    """Ends all sign-ins of these users, including those of browsers."""
    ids = list(user_ids)
    end_sign_ins(userId={"$in": ids})
    end_browser_sessions(ids)


def end_browser_sessions(user_ids: Iterable[ObjectId], but: str | None = None) -> None:
    """Ends these users' Django sessions, except the one with the key `but`.

    Reads every session, because only a session's encoded data names its user.
    """
    theirs = {str(user_id) for user_id in user_ids}
    keys = [s.pk for s in Session.objects.iterator() if s.get_decoded().get(SESSION_KEY) in theirs]
    Session.objects.filter(pk__in=set(keys) - {but}).delete()


def _used_at(present: datetime) -> Use:
    return {"lastUsedAt": present, "expiresAt": present + RefreshToken.lifetime}


def _stored() -> Collection[SignInDocument]:
    return SignIn.objects.documents.collection
