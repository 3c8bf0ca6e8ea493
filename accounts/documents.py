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


class RotationDocument(TypedDict):
    tokenId: str
    at: datetime


class SignInDocument(TypedDict):
    _id: ObjectId
    userId: ObjectId
    tokenId: str
    rotated: list[RotationDocument]
    createdAt: datetime
    lastUsedAt: datetime
    expiresAt: datetime
    userAgent: str
    ip: str


class LoginAttemptsDocument(TypedDict):
    _id: str
    attempts: int
    failures: int
    expiresAt: datetime
