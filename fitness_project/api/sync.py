"""`GET /api/sync`: the change feed, answered."""

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.views import APIView

from .feed import followed, read_token, write_token
from .fields import ObjectIdField, TextField
from .query import QuerySerializer
from .renderers import answer

MAX_TOKEN = 8_000


@extend_schema_field({"type": "string", "maxLength": MAX_TOKEN, "pattern": "^[A-Za-z0-9_:.-]+$"})
class TokenField(TextField):
    pass


class SyncQuery(QuerySerializer):
    since = TokenField(
        required=False, max_length=MAX_TOKEN, help_text="Taken from `next`. Without it: everything."
    )


class ChangesSerializer(serializers.Serializer):
    def get_fields(self):
        return {feed.name: feed.serializer_class(many=True) for feed in followed}


class DeletedSerializer(serializers.Serializer):
    def get_fields(self):
        return {feed.name: serializers.ListField(child=ObjectIdField()) for feed in followed}


class SyncPageSerializer(serializers.Serializer):
    changes = ChangesSerializer()
    deleted = DeletedSerializer()
    next = serializers.CharField()
    hasMore = serializers.BooleanField()  # noqa: N815 - the JSON name


class SyncView(APIView):
    """What changed for the user since a token: apply `changes`, then `deleted`, and ask again with
    `next`, at once while `hasMore`. A document may come twice. A token lasts 90 days."""

    problem_codes = {"GET": ["400", "410"]}

    @extend_schema(operation_id="sync", parameters=[SyncQuery], responses=SyncPageSerializer)
    def get(self, request):
        states, goes_on = self._states()
        parts = {
            feed.name: feed.read(request.user, states.get(feed.name) or feed.begin(), goes_on)
            for feed in followed
        }
        states = {name: part.state for name, part in parts.items()}
        has_more = any(part.has_more for part in parts.values())
        return answer(
            request,
            {
                "changes": {name: part.changes for name, part in parts.items()},
                "deleted": {name: part.deleted for name, part in parts.items()},
                "next": write_token(request.user, states, has_more),
                "hasMore": has_more,
            },
        )

    def _states(self):
        token = SyncQuery.read(self.request).get("since")
        if token is None:
            return {}, False
        try:
            return read_token(self.request.user, token)
        except ValueError:
            message = "This token can't be read: take it from `next`."
            raise SyncQuery.invalid("since", message) from None
