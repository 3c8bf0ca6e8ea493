"""Sign-ins: one stored document each, which both tokens name.

A refresh token is single-use: one atomic write puts the next token id in the place of the one
that was sent. Whoever sends a used one again is told 401 and ends the sign-in, for then two
parties hold it; except within GRACE of its rotation, when a client whose answer was lost may try
again and gets the present pair.
"""

from collections.abc import Iterable
from datetime import timedelta
from uuid import uuid4

from bson import ObjectId
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from pymongo import ReturnDocument

from fitness_project.api.addresses import client_address
from fitness_project.api.documents import now
from fitness_project.api.errors import Busy
from fitness_project.database.transactions import transactional

from .authentication import remembered_principals
from .models import SignIn, User
from .tokens import AccessToken, RefreshToken

GRACE = timedelta(seconds=10)
# More rotations than a client can need within GRACE.
MAX_ROTATED = 50


def start_sign_in(user: User, request) -> dict:
    """A new sign-in's pair of tokens: `{access, refresh}`.

    Raises Busy where the user's password isn't any more what it was when the user was read, or the
    user is out: who came by the old one is not to stay.
    """
    present = now()
    sign_in = {
        "_id": ObjectId(),
        "userId": user.pk,
        "tokenId": uuid4().hex,
        "rotated": [],
        "createdAt": present,
        "userAgent": request.META.get("HTTP_USER_AGENT", "")[:300],
        "ip": client_address(request),
        **_used(present),
    }
    return token_pair(_stored(sign_in, user))


@transactional
def _stored(sign_in, user):
    users = User.objects.documents
    done = users.collection.update_one(
        {"_id": user.pk, "password": user.password, "isActive": True},
        {"$set": {"lastLogin": sign_in["createdAt"]}},
        session=users.session,
    )
    if not done.matched_count:
        raise being_changed()
    # Not an insertion: where the answer to its commit was lost, all of this is done again.
    SignIn.objects.documents.collection.replace_one(
        {"_id": sign_in["_id"]}, sign_in, upsert=True, session=users.session
    )
    return sign_in


def being_changed() -> Busy:
    return Busy("This account is being changed at this moment: try again shortly.")


def token_pair(sign_in: dict) -> dict:
    return {
        "access": str(AccessToken.of(sign_in)),
        "refresh": str(RefreshToken.of(sign_in, jti=sign_in["tokenId"])),
    }


def refresh_sign_in(token: RefreshToken) -> dict | None:
    """The next pair, or None where the sign-in is over (or now is, for a token used twice)."""
    if not User.objects.filter(pk=token.user_id, is_active=True).exists():
        return None
    sign_in = _rotate(token) or _retried(token)
    return token_pair(sign_in) if sign_in else None


def _rotate(token) -> dict | None:
    present = now()
    return SignIn.objects.documents.collection.find_one_and_update(
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


def _retried(token) -> dict | None:
    sign_in = SignIn.objects.documents.collection.find_one({"_id": token.sign_in_id})
    if sign_in is None or sign_in["userId"] != token.user_id:
        return None
    earliest = (now() - GRACE).replace(tzinfo=None)
    if any(r["tokenId"] == token["jti"] and r["at"] >= earliest for r in sign_in["rotated"]):
        return sign_in
    end_sign_ins(_id=sign_in["_id"])
    return None


def end_sign_ins(**conditions) -> int:
    """Ends those that match, everywhere within seconds and in this process at once."""
    documents = SignIn.objects.documents
    done = documents.collection.delete_many(conditions, session=documents.session)
    remembered_principals.forget()
    return done.deleted_count


def sign_out(user_ids: Iterable[ObjectId]) -> None:
    """Ends the users' sign-ins, in browsers too."""
    ids = list(user_ids)
    end_sign_ins(userId={"$in": ids})
    end_browser_sessions(ids)


def end_browser_sessions(user_ids: Iterable[ObjectId], but: str | None = None) -> None:
    """All of Django's but the one with that key. They know their user only inside."""
    theirs = {str(id) for id in user_ids}
    keys = [s.pk for s in Session.objects.iterator() if s.get_decoded().get(SESSION_KEY) in theirs]
    Session.objects.filter(pk__in=set(keys) - {but}).delete()


def _used(present) -> dict:
    return {"lastUsedAt": present, "expiresAt": present + RefreshToken.lifetime}
