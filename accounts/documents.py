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
    _id: str
    attempts: int
    failures: int
    expiresAt: datetime
