import re

from bson import ObjectId
from drf_spectacular.utils import extend_schema, extend_schema_view

from fitness_project.api.documents import Order
from fitness_project.api.views import OwnedDocumentViewSet

from . import services
from .models import Routine
from .serializers import NewRoutineSerializer, RoutineQuery, RoutineSerializer


@extend_schema_view(
    list=extend_schema(parameters=[RoutineQuery]),
    create=extend_schema(request=NewRoutineSerializer, responses={201: RoutineSerializer}),
)
class RoutineViewSet(OwnedDocumentViewSet):
    """The user's own routines, newest first."""

    serializer_class = RoutineSerializer
    new_serializer_class = NewRoutineSerializer
    basename = "routine"
    order = Order(("_id",), (ObjectId,), descending=True)

    def get_queryset(self):
        return Routine.objects.visible_to(self.request.user)

    def filter_queryset(self, routines):
        words = RoutineQuery.read(self.request).get("search", "").split()
        if not words:
            return routines
        return routines.where(
            **{"$and": [{"name": {"$regex": re.escape(word), "$options": "i"}} for word in words]}
        )

    def stored_exercise_ids(self) -> set:
        """The exercises that the routine has before this request; none where it is new."""
        if "id" not in self.kwargs:
            return set()
        return {entry["exerciseId"] for entry in self.get_document()["exercises"]}

    def perform_create(self, document):
        return services.create_routine(self.request.user, document)

    def perform_destroy(self, id, only_if):
        services.delete_routine(self.request.user, id, only_if)
