from datetime import datetime
from typing import Any

from bson import ObjectId
from drf_spectacular.utils import extend_schema, extend_schema_view

from fitness_project.api.views import OwnedDocumentViewSet
from fitness_project.documents.collection import Documents
from fitness_project.documents.order import Order

from .models import Session, SessionDocument
from .serializers import NewSessionSerializer, SessionQuery, SessionSerializer


@extend_schema_view(
    list=extend_schema(parameters=[SessionQuery]),
    create=extend_schema(request=NewSessionSerializer, responses={201: SessionSerializer}),
)
class SessionViewSet(OwnedDocumentViewSet):
    """The signed-in user's training sessions, the newest `date` first."""

    model = Session
    serializer_class = SessionSerializer
    new_serializer_class = NewSessionSerializer
    basename = "session"
    order = Order(("date", "_id"), (datetime, ObjectId), descending=True)

    def filter_queryset(  # type: ignore[override]  # not a QuerySet
        self, sessions: Documents[SessionDocument]
    ) -> Documents[SessionDocument]:
        query = SessionQuery.read(self.request)
        conditions: dict[str, Any] = {}
        for name, operator in (("from", "$gte"), ("to", "$lt")):
            if name in query:
                instant = query[name].replace(tzinfo=None)  # As PyMongo reads stored dates.
                conditions.setdefault("date", {})[operator] = instant
        if "exerciseId" in query:
            conditions["exercises.exerciseId"] = query["exerciseId"]
        if "routineId" in query:
            conditions["routineId"] = query["routineId"]
        return sessions.where(**conditions)
