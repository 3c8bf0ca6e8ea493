from bson import ObjectId
from drf_spectacular.utils import extend_schema, extend_schema_view

from exercises.names import name_has
from exercises.serializers import SearchQuery
from fitness_project.api.views import OwnedDocumentViewSet
from fitness_project.documents.collection import Document
from fitness_project.documents.owned import OwnedDocuments
from fitness_project.documents.revisions import Revisions

from . import services
from .models import NEWEST_FIRST, Routine, RoutineDocument
from .serializers import NewRoutineSerializer, RoutineSerializer


@extend_schema_view(
    create=extend_schema(request=NewRoutineSerializer, responses={201: RoutineSerializer}),
)
class RoutineViewSet(OwnedDocumentViewSet):
    """The signed-in user's routines, the newest first."""

    model = Routine
    serializer_class = RoutineSerializer
    new_serializer_class = NewRoutineSerializer
    query = SearchQuery
    title = "Routines"
    basename = "routine"
    problem_codes = {"POST": ["limit", "taken"]}
    order = NEWEST_FIRST

    def filter_queryset(  # type: ignore[override]  # not a QuerySet
        self, routines: OwnedDocuments[RoutineDocument]
    ) -> OwnedDocuments[RoutineDocument]:
        search = self.query.read(self.request).get("search", "")
        return routines.named(name_has(search)) if search else routines

    def perform_create(self, document: Document) -> RoutineDocument:
        return services.create_routine(self.request.user, document)

    def perform_destroy(self, document_id: ObjectId, only_if: Revisions | None) -> None:
        services.delete_routine(self.request.user, document_id, only_if)
