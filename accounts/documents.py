"""Documents as they are stored."""

from datetime import datetime
from typing import NotRequired, TypedDict

from bson import ObjectId


class UserDocument(TypedDict):
    _id: ObjectId
    email: str
    password: str
    name: NotRequired[str | None]
    weightUnit: str
    routines: list[ObjectId]
    isActive: bool
    isStaff: bool
    isSuperuser: bool
    lastLogin: NotRequired[datetime | None]
    dateJoined: datetime
    emailChangedAt: NotRequired[datetime | None]
    closedAt: NotRequired[datetime | None]


class RotationDocument(TypedDict):
    """`pairs` are the ids of the pairs whose refresh token hasn't been used (see `rotations`)."""

    tokenId: str
    at: datetime
    isUsed: bool
    pairs: list[str]


class SignInDocument(TypedDict):
    _id: ObjectId
    userId: ObjectId
    rotations: list[RotationDocument]
    createdAt: datetime
    lastUsedAt: datetime
    expiresAt: datetime
    userAgent: str
    ip: str


class BrowserSessionDocument(TypedDict):
    _id: str
    session_data: str
    expire_date: datetime
    userId: ObjectId | None


class LoginAttemptsDocument(TypedDict):
    """`email` is a digest, in the counters of one e-mail address and IP address."""

    _id: str
    email: NotRequired[str | None]
    attempts: int
    failures: int
    expiresAt: datetime


class SupportDocument(TypedDict):
    """What a member of staff, `staffId`, did to the account of the user `userId`."""

    _id: ObjectId
    userId: ObjectId
    staffId: ObjectId
    action: str
    at: datetime
