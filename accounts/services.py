"""What spans an account and all that belongs to it."""

from collections.abc import Iterator
from threading import Timer

from bson import ObjectId
from django.contrib.auth.tokens import default_token_generator
from django.utils.http import urlsafe_base64_decode

from fitness_project.api.documents import now
from fitness_project.api.errors import FieldRefused
from fitness_project.api.fields import parse_object_id
from fitness_project.api.renderers import dump_json
from fitness_project.database.transactions import transactional

from .authentication import MAX_AGE, remembered_principals
from .mail import send_password_changed
from .models import SignIn, User
from .owned import owned
from .serializers import refuse_weak_password

REORDER_TRIES = 5


def change_password(user: User, password: str) -> None:
    """Ends every sign-in, and tells the user by mail."""
    _store_password(user, password)
    remembered_principals.forget()
    send_password_changed(user)


@transactional
def _store_password(user, password):
    user.set_password(password)
    user.save(update_fields=["password"])


def reset_password(uid: str, token: str, password: str) -> None:
    """By a mail's link. Raises FieldRefused where it is not valid (any more)."""
    user = _reset(uid, token, password)
    remembered_principals.forget()
    send_password_changed(user)


@transactional
def _reset(uid, token, password):
    """Two at once with one link: the second finds the password changed, and the link used."""
    id = parse_object_id(_decoded(uid))
    user = User.objects.filter(pk=id, is_active=True).first() if id else None
    if user is None or not default_token_generator.check_token(user, token):
        raise FieldRefused("token", "This link is not valid, or was used already.", "invalid_link")
    refuse_weak_password(password, user, "newPassword")
    user.set_password(password)
    user.save(update_fields=["password"])
    return user


def _decoded(uid) -> str | None:
    try:
        return urlsafe_base64_decode(uid).decode()
    except ValueError:
        return None


def delete_account(user_id: ObjectId) -> None:
    """Removes the user and all that is the user's.

    Another process may take the user for signed in a few seconds more: what it wrote meanwhile
    is removed after that.
    """
    _remove(user_id)
    remembered_principals.forget()
    again = Timer(MAX_AGE + 2, _remove_owned, [user_id])
    again.daemon = True
    again.start()


@transactional
def _remove(user_id):
    _remove_owned(user_id)
    User.objects.filter(pk=user_id).delete()


def _remove_owned(user_id):
    """Tombstones too."""
    for model in (SignIn, *(entry.model for entry in owned)):
        documents = model.objects.documents
        for whose in ("userId", "deletedFor"):
            documents.collection.delete_many({whose: user_id}, session=documents.session)


def reorder_routines(user_id: ObjectId, ids: list[ObjectId]) -> None:
    """Raises FieldRefused where these aren't the user's routines, each once."""
    users = User.objects.documents
    for _ in range(REORDER_TRIES):
        present = users.get(user_id)["routines"]
        if sorted(present) != sorted(ids):
            break
        if users.collection.update_one(
            {"_id": user_id, "routines": present}, {"$set": {"routines": ids}}
        ).matched_count:
            return
    raise FieldRefused("routines", "Send the ids of all your routines, each once.", "not_the_same")


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
        yield separator + dump_json(entry.answer(document))
        separator = b","
