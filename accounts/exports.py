"""Everything that belongs to a user, as JSON."""

from collections.abc import Iterator

from bson import ObjectId

from fitness_project.api.http.json import dump_json
from fitness_project.documents import registry
from fitness_project.documents.instants import now
from fitness_project.documents.tombstones import is_tombstone
from fitness_project.errors import Missing

from .models import User
from .serializers import UserSerializer


def export_account(user_id: ObjectId) -> Iterator[bytes]:
    """Yields the export in parts, one document at a time.

    Raises Missing at once, before the first part, if the account is gone or closed.
    """
    stored = User.objects.documents.get(user_id)
    if stored.get("closedAt"):
        raise Missing
    user = UserSerializer.response(stored)
    head = {"format": "fitness-export", "version": 1, "exportedAt": now(), "user": user}
    return _parts(dump_json(head), user_id)


def _parts(head: bytes, user_id: ObjectId) -> Iterator[bytes]:
    yield head[:-1]
    for entry in registry.owned():
        yield b',"%s":[' % entry.name.encode()
        separator = b""
        for document in entry.documents.collection.find({entry.owner: user_id}):
            if is_tombstone(document):
                continue
            yield separator + dump_json(entry.response(document))
            separator = b","
        yield b"]"
    yield b"}"
