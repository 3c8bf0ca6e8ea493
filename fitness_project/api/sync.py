"""`GET /api/sync`: the change feed."""

from bson import ObjectId
from django.core import signing
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema, extend_schema_field, inline_serializer
from rest_framework import serializers

from fitness_project.documents import registry
from fitness_project.documents.changes import Feed, State
from fitness_project.errors import Gone

from .fields import ObjectIdField, TextField
from .http.renderers import respond
from .query import QuerySerializer
from .requests import SignedInRequest
from .serializers import serializer_of
from .strict import StrictView

MAX_TOKEN = 8_000
TOKENS_LIVE_SECONDS = 90 * 86_400

States = dict[str, State]


def followed() -> list[tuple[registry.Entry, Feed]]:
    """The collections in the change feed."""
    return [(entry, entry.feed) for entry in registry.entries if entry.feed is not None]


@extend_schema_field({"type": "string", "maxLength": MAX_TOKEN, "pattern": "^[A-Za-z0-9_:.-]+$"})
class TokenField(TextField):
    pass


class SyncQuery(QuerySerializer):
    since = TokenField(
        required=False,
        max_length=MAX_TOKEN,
        help_text="The `next` of an earlier response. Without it, everything is returned.",
    )


class SyncPageSerializer(serializers.Serializer):
    # Apps register their collections before this module is imported.
    changes = inline_serializer(
        "Changes",
        {entry.name: serializer_of(entry.response)(many=True) for entry, _ in followed()},
    )
    deleted = inline_serializer(
        "Deleted",
        {entry.name: serializers.ListField(child=ObjectIdField()) for entry, _ in followed()},
    )
    next = serializers.CharField()
    hasMore = serializers.BooleanField()  # noqa: N815 - the JSON name


class SyncView(StrictView):
    """Returns what has changed for the user since an earlier call.

    Apply `changes`, then `deleted`, and store `next`, which is the `since` of the following call.
    Make that call at once while `hasMore` is true. A page may be empty, and a document may be
    returned twice. A token is valid for 90 days.
    """

    request: SignedInRequest
    query = SyncQuery
    serializer_class = SyncPageSerializer
    title = "Change feed"
    problem_codes = {"GET": ["gone"]}

    @extend_schema(operation_id="getChanges", responses=SyncPageSerializer)
    def get(self, request: SignedInRequest) -> HttpResponse:
        user_id = request.user.pk
        query = SyncQuery.read(request)
        states, continues = read_token(user_id, query["since"]) if query else ({}, False)
        changes, deleted, has_more = {}, {}, False
        for entry, feed in followed():
            part = feed.read(user_id, states.get(entry.name) or feed.begin(), continues)
            changes[entry.name] = [entry.response(row) for row in part.changed]
            deleted[entry.name] = part.deleted
            states[entry.name] = part.state
            has_more = has_more or part.has_more
        token = signing.dumps([states, has_more], salt=f"sync {user_id}", compress=True)
        page = {"changes": changes, "deleted": deleted, "next": token, "hasMore": has_more}
        return respond(request, page)


def read_token(user_id: ObjectId, text: str) -> tuple[States, bool]:
    """Returns the states, and whether they continue an unfinished visit.

    Raises InvalidQuery for anything that wasn't signed for this user, and Gone for tokens that are
    too old.
    """
    try:
        states, continues = signing.loads(text, salt=f"sync {user_id}", max_age=TOKENS_LIVE_SECONDS)
    except signing.SignatureExpired:
        raise Gone("This token is more than 90 days old. Start afresh, without a token.") from None
    except signing.BadSignature:
        message = "This isn't a token for this user. Take the token from `next`."
        raise SyncQuery.invalid("since", message) from None
    return states, continues
