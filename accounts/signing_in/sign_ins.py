"""Sign-ins: one stored document each, which both tokens name.

A refresh token is single-use: one atomic write puts the next token id in place of the one that was
sent. Sending a used one again ends the sign-in (401), because then two parties hold it. There is
one exception: within GRACE of its rotation, a client that never received the response may try again
and gets the current pair.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from bson import ObjectId
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from pymongo import ReturnDocument

from fitness_project.database.transactions import transactional
from fitness_project.documents.collection import Document
from fitness_project.documents.instants import now
from fitness_project.errors import Busy, TokenNotValid

from ..models import SignIn, User
from .principals import remembered_principals
from .tokens import AccessToken, RefreshToken

GRACE = timedelta(seconds=10)
# More rotations than a client can need within GRACE.
MAX_ROTATED = 50

TokenPair = dict[str, str]


def start_sign_in(user: User, *, user_agent: str, ip: str) -> TokenPair:
    """A new sign-in's `{access, refresh}`.

    Raises Busy if the password or the state of the account has changed since the user was read:
    nobody who came with an old password stays signed in.
    """
    present = now()
    sign_in = {
        "_id": ObjectId(),
        "userId": user.pk,
        "tokenId": uuid4().hex,
        "rotated": [],
        "createdAt": present,
        "userAgent": user_agent[:300],
        "ip": ip,
        **_used(present),
    }
    return token_pair(_store(sign_in, user))


@transactional
def _store(sign_in: Document, user: User) -> Document:
    users = User.objects.documents
    done = users.collection.update_one(
        {"_id": user.pk, "password": user.password, "isActive": True},
        {"$set": {"lastLogin": sign_in["createdAt"]}},
        session=users.session,
    )
    if not done.matched_count:
        raise being_changed()
    # Not an insertion: when the reply to its commit is lost, all of this is done again.
    SignIn.objects.documents.collection.replace_one(
        {"_id": sign_in["_id"]}, sign_in, upsert=True, session=users.session
    )
    return sign_in


def being_changed() -> Busy:
    return Busy("This account is being changed at this moment. Try again shortly.")


def token_pair(sign_in: Document) -> TokenPair:
    return {
        "access": str(AccessToken.of(sign_in)),
        "refresh": str(RefreshToken.of(sign_in, jti=sign_in["tokenId"])),
    }


def refresh_sign_in(token: RefreshToken) -> TokenPair:
    """The next pair.

    Raises TokenNotValid if the sign-in has ended, or ends now because the token is used twice.
    """
    if not User.objects.filter(pk=token.user_id, is_active=True).exists():
        raise TokenNotValid
    return token_pair(_rotate(token) or _retry(token))


def _rotate(token: RefreshToken) -> Document | None:
    present = now()
    found: Document | None = SignIn.objects.documents.collection.find_one_and_update(
        {"_id": token.sign_in_id, "userId": token.user_id, "tokenId": token["jti"]},
        {
            "$set": {"tokenId": uuid4().hex, **_used(present)},
            "$push": {
                "rotated": {
                    "$each": [{"tokenId": token["jti"], "at": present}],
                    "$slice": -MAX_ROTATED,
                }
            },
        },
        return_document=ReturnDocument.AFTER,
    )
    return found


def _retry(token: RefreshToken) -> Document:
    sign_in = SignIn.objects.documents.collection.find_one({"_id": token.sign_in_id})
    if sign_in is None or sign_in["userId"] != token.user_id:
        raise TokenNotValid
    earliest = (now() - GRACE).replace(tzinfo=None)
    if any(r["tokenId"] == token["jti"] and r["at"] >= earliest for r in sign_in["rotated"]):
        return sign_in
    end_sign_ins(_id=sign_in["_id"])
    raise TokenNotValid


def end_sign_ins(**conditions: Any) -> int:
    """Ends those that match: everywhere within seconds, and in this process at once."""
    documents = SignIn.objects.documents
    done = documents.collection.delete_many(conditions, session=documents.session)
    remembered_principals.forget()
    return done.deleted_count


def sign_out(user_ids: Iterable[ObjectId]) -> None:
    """Ends the users' sign-ins, those of browsers included."""
    ids = list(user_ids)
    end_sign_ins(userId={"$in": ids})
    end_browser_sessions(ids)


def end_browser_sessions(user_ids: Iterable[ObjectId], but: str | None = None) -> None:
    """Ends Django's sessions of these users, except the one with the key `but`.

    A session names its user only in its encoded data.
    """
    theirs = {str(user_id) for user_id in user_ids}
    keys = [s.pk for s in Session.objects.iterator() if s.get_decoded().get(SESSION_KEY) in theirs]
    Session.objects.filter(pk__in=set(keys) - {but}).delete()


def _used(present: datetime) -> Document:
    return {"lastUsedAt": present, "expiresAt": present + RefreshToken.lifetime}
