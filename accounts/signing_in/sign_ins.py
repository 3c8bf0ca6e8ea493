"""Sign-ins: one stored document each, which both tokens of every pair name.

`rotations` has the rules for refresh tokens. Each change of a sign-in is one atomic write that
takes effect only if nothing else has changed the sign-in since it was read.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypedDict
from uuid import uuid4

from bson import ObjectId
from pymongo.client_session import ClientSession
from pymongo.collection import Collection

from fitness_project.database.transactions import transactional
from fitness_project.documents.collection import Document
from fitness_project.documents.instants import now
from fitness_project.errors import Busy, TokenNotValid

from ..documents import BrowserSessionDocument, RotationDocument, SignInDocument
from ..models import BrowserSession, SignIn, User
from . import rotations
from .principals import remembered_principals
from .tokens import AccessToken, RefreshToken

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
    present, pair_id = now(), uuid4().hex
    sign_in: SignInDocument = {
        "_id": ObjectId(),
        "userId": user.pk,
        "rotations": rotations.begin(pair_id, present),
        "createdAt": present,
        "userAgent": user_agent[:300],
        "ip": ip,
        **_used_at(present),
    }
    return token_pair(_store(sign_in, user), pair_id)


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


def token_pair(sign_in: SignInDocument, pair_id: str) -> TokenPair:
    return {
        "access": str(AccessToken.of(sign_in, jti=pair_id)),
        "refresh": str(RefreshToken.of(sign_in, jti=pair_id)),
    }


def refresh_sign_in(token: RefreshToken | None) -> TokenPair:
    """Returns the next pair.

    Raises TokenNotValid for no token, and if the sign-in has ended. A token that may not be used
    again ends it.
    """
    if token is None or not _is_active(token.user_id):
        raise TokenNotValid
    pair_id = uuid4().hex
    while True:
        sign_in = _stored().find_one({"_id": token.sign_in_id})
        if sign_in is None or sign_in["userId"] != token.user_id:
            raise TokenNotValid
        if _rotate(sign_in, token["jti"], pair_id):
            return token_pair(sign_in, pair_id)


def _is_active(user_id: ObjectId) -> bool:
    user = User.objects.documents.collection.find_one({"_id": user_id}, {"isActive": 1})
    return user is not None and user["isActive"]


def _rotate(sign_in: SignInDocument, token_id: str, pair_id: str) -> bool:
    """Whether the sign-in was still as it was read, so that the token has yielded the pair."""
    present = now()
    after = rotations.after_refresh(
        sign_in["rotations"], token_id, pair_id, present.replace(tzinfo=None)
    )
    if after is None:
        end_sign_ins(_id=sign_in["_id"])
        raise TokenNotValid
    return _replace_rotations(sign_in, after, **_used_at(present))


def sign_in_of(token: AccessToken) -> SignInDocument | None:
    """The sign-in that the token names, if it continues. Records the first use of its pair."""
    while True:
        sign_in = _stored().find_one({"_id": token.sign_in_id}, {"userId": 1, "rotations": 1})
        after = sign_in and rotations.after_access(sign_in["rotations"], token["jti"])
        if sign_in is None or after is None or _replace_rotations(sign_in, after):
            return sign_in


def _replace_rotations(
    sign_in: SignInDocument, after: list[RotationDocument], **changes: Any
) -> bool:
    is_unchanged = {"$eq": ["$rotations", {"$literal": sign_in["rotations"]}]}
    changed = {"$mergeObjects": ["$$ROOT", {"$literal": {"rotations": after, **changes}}]}
    done = _stored().update_one(
        {"_id": sign_in["_id"]}, [{"$replaceWith": {"$cond": [is_unchanged, changed, "$$ROOT"]}}]
    )
    return done.modified_count > 0


def end_sign_ins(**conditions: Any) -> int:
    """Ends those that match: at once in this process, and within seconds in every other.

    Returns how many there were.
    """
    deleted = _stored().delete_many(conditions, session=_session())
    remembered_principals.forget()
    return deleted.deleted_count


def count_open(user_id: ObjectId) -> int:
    """How many sign-ins the user has, including those of browsers."""
    present = now().replace(tzinfo=None)
    devices = _stored().find({"userId": user_id}, {"expiresAt": 1})
    browsers = _browser_sessions().find({"userId": user_id}, {"expire_date": 1})
    ends = [found["expiresAt"] for found in devices] + [found["expire_date"] for found in browsers]
    return sum(end > present for end in ends)


def sign_out(user_ids: Sequence[ObjectId]) -> None:
    """Ends all sign-ins of these users, including those of browsers."""
    _end_all({"userId": {"$in": user_ids}})
    remembered_principals.forget()


def sign_out_elsewhere(user_id: ObjectId, *, but: ObjectId | str | None) -> None:
    """Ends all sign-ins of the user, including those of browsers, except the one with this id."""
    ids = [
        found["_id"]
        for stored in (_stored(), _browser_sessions())
        for found in stored.find({"userId": user_id}, {"_id": 1})
    ]
    _end_all({"userId": user_id, "_id": {"$in": [found for found in ids if found != but]}})
    remembered_principals.forget()


@transactional
def _end_all(conditions: Document) -> None:
    for stored in (_stored(), _browser_sessions()):
        stored.delete_many(conditions, session=_session())


def _session() -> ClientSession | None:
    return SignIn.objects.documents.session


def _used_at(present: datetime) -> Use:
    return {"lastUsedAt": present, "expiresAt": present + RefreshToken.lifetime}


def _stored() -> Collection[SignInDocument]:
    return SignIn.objects.documents.collection


def _browser_sessions() -> Collection[BrowserSessionDocument]:
    return BrowserSession.objects.documents.collection
