from datetime import datetime
from functools import cached_property

from bson import ObjectId
from drf_spectacular.utils import extend_schema, extend_schema_view

from fitness_project.api.documents import Order, since
from fitness_project.api.views import OwnedDocumentViewSet

from .models import Session
from .recent import RecentFirst
from .serializers import NewSessionSerializer, SessionQuery, SessionSerializer


@extend_schema_view(
    list=extend_schema(parameters=[SessionQuery]),
    create=extend_schema(request=NewSessionSerializer, responses={201: SessionSerializer}),
)
class SessionViewSet(OwnedDocumentViewSet):
    """The user's own training sessions, newest `date` first."""

    serializer_class = SessionSerializer
    new_serializer_class = NewSessionSerializer
    basename = "session"
    order = Order(("date", "_id"), (datetime, ObjectId), descending=True)

    def get_queryset(self):
        return Session.objects.visible_to(self.request.user)

    def filter_queryset(self, sessions):
        query = SessionQuery.read(self.request)
        if not query:
            return RecentFirst(sessions)
        range = since(query["from"]) if "from" in query else {}
        if "to" in query:
            range["$lt"] = query["to"].replace(tzinfo=None)
        if range:
            sessions = sessions.where(date=range)
        if "exerciseId" in query:
            sessions = sessions.where(**{"exercises.exerciseId": query["exerciseId"]})
        if "routineId" in query:
            sessions = sessions.where(routineId=query["routineId"])
        return sessions

    def stored_session(self) -> dict:
        """The session as it is before the request; nothing where it is new."""
        return self._stored if "id" in self.kwargs else {}

    @cached_property
    def _stored(self):
        return self.get_document()

    def perform_create(self, document):
        return self.get_queryset().create(document)

    def perform_destroy(self, id, only_if):
        self.get_queryset().delete(id, only_if)
