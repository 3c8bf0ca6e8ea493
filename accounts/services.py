"""What spans an account and all that belongs to it."""

from collections.abc import Iterator
from threading import Timer

from bson import ObjectId
from django.contrib.admin.models import LogEntry
from django.contrib.auth.hashers import make_password
from django.contrib.contenttypes.models import ContentType
from django.utils.http import urlsafe_base64_decode

from fitness_project.api.conditions import etag_of_body
from fitness_project.api.documents import now
from fitness_project.api.errors import FieldRefused, Missing, PreconditionFailed
from fitness_project.api.fields import parse_object_id
from fitness_project.api.renderers import dump_json
from fitness_project.database.transactions import transactional

from .authentication import MAX_AGE, remembered_principals
from .mail import send_password_changed
from .models import User
from .owned import owned
from .serializers import UserSerializer, refuse_weak_password
from .sign_ins import being_changed, end_sign_ins, sign_out
from .tokens import reset_tokens


def change_password(user: User, password: str | None) -> None:
    """Ends every sign-in, and tells the user by mail. With None there is no password any more.

    Raises Busy where the password isn't any more what it was when the user was read: of two changes
    at once the first one stands.
    """
    encoded = make_password(password)
    _replace_password(user, encoded)
    user.password = encoded
    remembered_principals.forget()
    send_password_changed(user)


@transactional
def _replace_password(user, encoded):
    # The new one too: where the answer to its commit was lost, all of this is done again.
    present = User.objects.filter(pk=user.pk, password__in=(user.password, encoded))
    if not present.update(password=encoded):
        raise being_changed()
    end_sign_ins(userId=user.pk)


def reset_password(uid: str, token: str, password: str) -> None:
    """By a mail's link. Raises FieldRefused where it is not valid (any more)."""
    id = parse_object_id(_decoded(uid))
    user = User.objects.filter(pk=id, is_active=True).first() if id else None
    if user is None or not reset_tokens.check_token(user, token):
        raise FieldRefused("token", "This link is not valid, or was used already.", "invalid_link")
    refuse_weak_password(password, user, "newPassword")
    change_password(user, password)


def _decoded(uid) -> str | None:
    try:
        return urlsafe_base64_decode(uid).decode()
    except ValueError:
        return None


def change_account(user_id: ObjectId, changes: dict, etags: list[str] | None = None) -> dict:
    """Sets fields; `routines` to the same ids in another order. Answers the user as it is after.

    Raises FieldRefused where the ids are others, and PreconditionFailed where the user's ETag is
    none of `etags`.
    """
    if changes:
        return _change(user_id, changes, etags)
    return _at_etag(User.objects.documents.get(user_id), etags)


@transactional
def _change(user_id, changes, etags):
    users = User.objects.documents
    present = _at_etag(users.get(user_id), etags)
    if sorted(changes.get("routines", present["routines"])) != sorted(present["routines"]):
        message = "Send the ids of all your routines, each once."
        raise FieldRefused("routines", message, "not_the_same")
    return users.update(user_id, changes)


def _at_etag(user, etags):
    if etags is not None and user_etag(user) not in etags:
        raise PreconditionFailed
    return user


def user_etag(user: dict) -> str:
    return etag_of_body(dump_json(UserSerializer.answer(user)))


def delete_account(user_id: ObjectId, etags: list[str] | None = None) -> None:
    """Removes the user and all that is the user's. Raises PreconditionFailed as above.

    Another process may take the user for signed in a few seconds more: what it wrote meanwhile
    is removed after that.
    """
    _remove(user_id, etags)
    remembered_principals.forget()
    again = Timer(MAX_AGE + 2, _remove_owned, [user_id])
    again.daemon = True
    again.start()


@transactional
def _remove(user_id, etags):
    users = User.objects.documents
    try:
        _at_etag(users.get(user_id), etags)
    except Missing:
        return  # By another request, or by a first run of this whose answer was lost.
    # First of all: from now on it is other writers to the account who lose the race.
    users.collection.update_one(
        {"_id": user_id}, {"$set": {"isActive": False}}, session=users.session
    )
    _remove_owned(user_id)
    sign_out([user_id])
    LogEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(User), object_id=str(user_id)
    ).delete()
    User.objects.filter(pk=user_id).delete()


def _remove_owned(user_id):
    """Tombstones too."""
    for entry in owned:
        documents = entry.model.objects.documents
        for whose in ("userId", "deletedFor"):
            documents.collection.delete_many({whose: user_id}, session=documents.session)


def export_account(user: dict) -> Iterator[bytes]:
    """All that is the user's, as JSON, a document at a time."""
    head = dump_json({"format": "fitness-export", "version": 1, "exportedAt": now(), "user": user})
    yield head[:-1]
    for entry in owned:
        yield b',"%s":[' % entry.name.encode()
        yield from _joined(entry, ObjectId(user["id"]))
        yield b"]"
    yield b"}"


def _joined(entry, user_id):
    separator = b""
    for document in entry.model.objects.documents.collection.find({"userId": user_id}):
        yield separator + dump_json(entry.serializer_class.answer(document))
        separator = b","
