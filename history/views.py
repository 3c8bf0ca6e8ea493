from datetime import datetime
from typing import Any

from bson import ObjectId
from drf_spectacular.utils import extend_schema, extend_schema_view

from exercises.catalogue import catalogue
from fitness_project.api.views import OwnedDocumentViewSet
from fitness_project.documents.collection import Documents
from fitness_project.documents.order import Order

from .models import Session, SessionDocument
from .serializers import NewSessionSerializer, SessionQuery, SessionSerializer

RANGE = {"from": "$gte", "to": "$lt"}


@extend_schema_view(
    create=extend_schema(request=NewSessionSerializer, responses={201: SessionSerializer}),
)
class SessionViewSet(OwnedDocumentViewSet):
    """The signed-in user's training sessions, the newest `date` first."""

    model = Session
    serializer_class = SessionSerializer
    new_serializer_class = NewSessionSerializer
    query = SessionQuery
    title = "History"
    basename = "session"
    problem_codes = {"POST": ["taken"]}
    order = Order(("date", "_id"), (datetime, ObjectId), descending=True)

    def filter_queryset(  # type: ignore[override]  # not a QuerySet
        self, sessions: Documents[SessionDocument]
    ) -> Documents[SessionDocument]:
        query = self.query.read(self.request)
        conditions = {"routineId": query["routineId"]} if "routineId" in query else {}
        if "exerciseId" in query:
            conditions["exercises.exerciseId"] = _uses_of(query["exerciseId"])
        # Without a time zone, as PyMongo reads stored dates.
        date = {o: query[name].replace(tzinfo=None) for name, o in RANGE.items() if name in query}
        return sessions.where(**conditions, **({"date": date} if date else {}))


def _uses_of(exercise_id: ObjectId) -> Any:
    ids = catalogue.current().used_ids(catalogue.kept(exercise_id))
    return ids[0] if len(ids) == 1 else {"$in": ids}
