from datetime import datetime

from bson import ObjectId
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema, extend_schema_view

from fitness_project.api.documents import Order
from fitness_project.api.permissions import IsStaffOrReadOnly
from fitness_project.api.renderers import DocumentJSONRenderer
from fitness_project.api.views import WritableDocumentViewSet

from . import services
from .catalogue import Selection, catalogue
from .names import name_key
from .serializers import ExerciseQuery, ExerciseSerializer

ORDERS = {
    "name": Order(("nameKey", "_id"), (str, ObjectId)),
    "-name": Order(("nameKey", "_id"), (str, ObjectId), descending=True),
    "createdAt": Order(("createdAt", "_id"), (datetime, ObjectId)),
    "-createdAt": Order(("createdAt", "_id"), (datetime, ObjectId), descending=True),
}
LABELS = ("category", "equipment", "level")


@extend_schema_view(list=extend_schema(parameters=[ExerciseQuery]))
class ExerciseViewSet(WritableDocumentViewSet):
    """The shared catalogue: everybody reads, staff write."""

    serializer_class = ExerciseSerializer
    permission_classes = (IsStaffOrReadOnly,)
    basename = "exercise"
    problem_codes = {"DELETE": ["409"]}

    def list(self, request):
        key = request.scheme, request.get_host(), request.get_full_path()
        return self._remembered(key, lambda: super(ExerciseViewSet, self).list(request))

    def retrieve(self, request, id):
        return self._remembered(id, lambda: super(ExerciseViewSet, self).retrieve(request, id))

    def _remembered(self, key, make):
        """The same catalogue gives the same answers: for JSON they are made once."""
        if not isinstance(self.request.accepted_renderer, DocumentJSONRenderer):
            return make()
        body = catalogue.current().answer(key, lambda: make().content)
        return HttpResponse(body, "application/json")

    def get_order(self):
        return ORDERS[ExerciseQuery.read(self.request).get("ordering", "name")]

    def get_queryset(self):
        return Selection()

    def filter_queryset(self, _):
        query = ExerciseQuery.read(self.request)
        return Selection(
            words=tuple(name_key(query.get("search", "")).split()),
            labels=tuple((name, query[name].casefold()) for name in LABELS if name in query),
            muscle=query["muscle"].casefold() if "muscle" in query else None,
            archived=query.get("archived", False),
        )

    def perform_create(self, document):
        return services.create_exercise(document)

    def perform_update(self, id, changes):
        return services.change_exercise(id, changes)

    def perform_destroy(self, id):
        services.delete_exercise(id)
