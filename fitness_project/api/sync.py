"""`GET /api/sync`: the change feed."""

from typing import Any

from bson import ObjectId
from django.core import signing
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.views import APIView

from fitness_project.documents import registry
from fitness_project.documents.changes import Part, State
from fitness_project.errors import Gone

from .fields import ObjectIdField, TextField
from .http.renderers import respond
from .query import QuerySerializer
from .serializers import serializer_of

MAX_TOKEN = 8_000
TOKENS_LIVE_SECONDS = 90 * 86_400

States = dict[str, State]


def followed() -> list[registry.Entry]:
    return [entry for entry in registry.entries if entry.feed is not None]


@extend_schema_field({"type": "string", "maxLength": MAX_TOKEN, "pattern": "^[A-Za-z0-9_:.-]+$"})
class TokenField(TextField):
    pass


class SyncQuery(QuerySerializer):
    since = TokenField(
        required=False,
        max_length=MAX_TOKEN,
        help_text="Taken from `next`. Without it, everything is returned.",
    )


class ChangesSerializer(serializers.Serializer):
    def get_fields(self) -> dict[str, Any]:
        return {entry.name: serializer_of(entry.response)(many=True) for entry in followed()}


class DeletedSerializer(serializers.Serializer):
    def get_fields(self) -> dict[str, Any]:
        return {entry.name: serializers.ListField(child=ObjectIdField()) for entry in followed()}


class SyncPageSerializer(serializers.Serializer):
    changes = ChangesSerializer()
    deleted = DeletedSerializer()
    next = serializers.CharField()
    hasMore = serializers.BooleanField()  # noqa: N815 - the JSON name


class SyncView(APIView):
    """Returns what has changed for the user since a token.

    Apply `changes`, then `deleted`, and ask again with `next`, at once while `hasMore`. A document
    may come twice. A token lives 90 days.
    """

    problem_codes = {"GET": ["400", "410"]}

    @extend_schema(operation_id="sync", parameters=[SyncQuery], responses=SyncPageSerializer)
    def get(self, request: Request) -> HttpResponse:
        states, goes_on = self._states()
        changes, deleted, has_more = {}, {}, False
        for entry in followed():
            part = self._read(entry, states, goes_on)
            changes[entry.name] = [entry.response(row) for row in part.changed]
            deleted[entry.name] = part.deleted
            states[entry.name] = part.state
            has_more = has_more or part.has_more
        token = write_token(request.user.pk, states, has_more)
        page = {"changes": changes, "deleted": deleted, "next": token, "hasMore": has_more}
        return respond(request, page)

    def _read(self, entry: registry.Entry, states: States, goes_on: bool) -> Part:
        state = states.get(entry.name) or entry.feed.begin()
        return entry.feed.read(self.request.user.pk, state, goes_on)

    def _states(self) -> tuple[States, bool]:
        token = SyncQuery.read(self.request).get("since")
        if token is None:
            return {}, False
        try:
            return read_token(self.request.user.pk, token)
        except ValueError:
            message = "This token can't be read. Take it from `next`."
            raise SyncQuery.invalid("since", message) from None


def write_token(user_id: ObjectId, states: States, has_more: bool) -> str:
    """How far a client has read: signed by this service, for this user alone."""
    return signing.dumps([states, has_more], salt=_salt(user_id), compress=True)


def read_token(user_id: ObjectId, text: str) -> tuple[States, bool]:
    """The states, and whether a visit goes on with them.

    Raises ValueError for anything that `write_token` didn't make for this user, and Gone for what
    it made too long ago.
    """
    try:
        states, goes_on = signing.loads(text, salt=_salt(user_id), max_age=TOKENS_LIVE_SECONDS)
    except signing.SignatureExpired:
        raise Gone("This token is older than 90 days. Start afresh, without a token.") from None
    except signing.BadSignature as error:
        raise ValueError("not a token of this user") from error
    return states, goes_on


def _salt(user_id: ObjectId) -> str:
    return f"sync {user_id}"
