import re

from bson import ObjectId
from drf_spectacular.utils import extend_schema, extend_schema_view

from fitness_project.api.documents import Order, now
from fitness_project.api.permissions import IsOwner
from fitness_project.api.views import WritableDocumentViewSet

from . import services
from .models import Routine
from .serializers import RoutineQuery, RoutineSerializer


@extend_schema_view(list=extend_schema(parameters=[RoutineQuery]))
class RoutineViewSet(WritableDocumentViewSet):
    """The user's own routines, newest first."""

    serializer_class = RoutineSerializer
    permission_classes = (IsOwner,)
    basename = "routine"
    problem_codes = {"POST": ["409"]}
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

    def perform_update(self, id, changes):
        routines = Routine.objects.visible_to(self.request.user)
        return routines.update(id, {**changes, "updatedAt": now()})

    def perform_destroy(self, id):
        services.delete_routine(self.request.user, id)
