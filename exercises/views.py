from collections.abc import Callable, Hashable
from datetime import datetime
from typing import ClassVar

from bson import ObjectId
from django.http import HttpResponse, HttpResponseNotModified, StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.decorators import action

from fitness_project.api.http.conditions import etag_of_body, has_current
from fitness_project.api.http.json import dump_json
from fitness_project.api.http.renderers import PageResponse, respond, wants_json
from fitness_project.api.query import ExistingValues
from fitness_project.api.requests import SignedInRequest
from fitness_project.api.views import DocumentViewSet
from fitness_project.documents.collection import Document, Stored
from fitness_project.documents.order import Order
from fitness_project.documents.revisions import Revisions
from fitness_project.errors import Merged

from . import deletions, services
from .audit.operations import Kind, Operation
from .catalogue import catalogue
from .exporting import CSVRenderer, file_response
from .facets import count_facets
from .merging.merge import merge_exercises
from .models import ExerciseDocument
from .permissions import IsCurator, IsCuratorOrReadOnly, MayMerge
from .ranking import RANK
from .selection import NAME, Selection
from .serializers import (
    ExerciseFilter,
    ExerciseQuery,
    ExerciseSerializer,
    ExportQuery,
    FacetsSerializer,
    MergeSerializer,
)

ORDERS = {
    "name": NAME,
    "-name": Order(("orderKey", "_id"), (str, ObjectId), descending=True),
    "createdAt": Order(("createdAt", "_id"), (datetime, ObjectId)),
    "-createdAt": Order(("createdAt", "_id"), (datetime, ObjectId), descending=True),
}
# Responses to longer paths are not kept: such queries are rare, and the paths take memory too.
MAX_PATH = 500


class ExerciseViewSet(DocumentViewSet):
    """The shared catalogue of exercises. All users can read it, and only curators can change it."""

    serializer_class = ExerciseSerializer
    permission_classes = (IsCuratorOrReadOnly,)
    query = ExerciseQuery
    title = "Exercises"
    basename = "exercise"
    has_list_etags = True
    is_download = False
    problem_codes: ClassVar[dict[str, list[str]]] = {
        "PUT": ["merged"],
        "PATCH": ["merged"],
        "DELETE": ["in_use", "merged"],
    }
    post_body: ClassVar[type[MergeSerializer] | None] = None

    def list(self, request: SignedInRequest) -> HttpResponse:
        """Lists the exercises that match all the given parameters."""
        return self._ready_for_path(lambda: super(ExerciseViewSet, self).list(request))

    @extend_schema(operation_id="getExerciseFacets", responses=FacetsSerializer)
    @action(
        detail=False,
        query=ExerciseFilter,
        serializer_class=FacetsSerializer,
        title="Facets of the exercises",
    )
    def facets(self, request: SignedInRequest) -> HttpResponse:
        """Counts the exercises that match all the given parameters, by each of their values.

        The values of a parameter are counted without this parameter. Values that differ by case
        alone are one.
        """
        return self._ready_for_path(
            lambda: respond(request, count_facets(self.filter_queryset(self.get_queryset())))
        )

    @extend_schema(
        operation_id="exportExercises",
        responses={
            (200, "application/json"): ExerciseSerializer(many=True),
            (200, "text/csv"): OpenApiTypes.STR,
        },
    )
    @action(
        detail=False,
        query=ExportQuery,
        title="Export of the exercises",
        pagination_class=None,
        permission_classes=(IsCurator,),
        renderer_classes=(*DocumentViewSet.renderer_classes, CSVRenderer),
        has_list_etags=False,
        is_download=True,
        problem_codes={"GET": ["permission_denied"]},
    )
    def export(self, request: SignedInRequest) -> StreamingHttpResponse:
        """Returns the exercises that match all the given parameters as a file, sorted by name.

        Only curators may export. Importing the file changes nothing.
        """
        exercises = self.filter_queryset(self.get_queryset()).fetch(NAME)
        return file_response(exercises, self.query.read(request)["format"])

    def query_names(self) -> frozenset[str]:
        takes_filters_alone = self.action_map.get("get") in ("facets", "export")
        return self.query.names() if takes_filters_alone else super().query_names()

    @extend_schema(
        operation_id="mergeExercises", request=MergeSerializer, responses=ExerciseSerializer
    )
    @action(
        detail=True,
        methods=["post"],
        permission_classes=(MayMerge,),
        problem_codes={"POST": ["merged"]},
        post_body=MergeSerializer,
        title="Merge exercises",
        form_titles={"POST": "Merge other exercises into this one"},
        form_done="Merged.",
    )
    def merge(self, request: SignedInRequest, **_: str) -> HttpResponse:
        """Merges other exercises into this one, which is kept.

        Routines and sessions refer to the kept exercise afterwards. From then on, GET of another
        one's id is a 308 to it, and in bodies and query parameters that id counts as its own. What
        was merged into this exercise before is skipped. Nothing undoes a merge.
        """
        kept_id = self.document_id
        body = MergeSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        ids = body.validated_data["exerciseIds"]
        return self.respond(merge_exercises(self._operation(Kind.MERGE), kept_id, ids))

    @extend_schema(
        responses={
            200: ExerciseSerializer,
            308: OpenApiResponse(description="The exercise was merged into another one."),
        }
    )
    def retrieve(self, request: SignedInRequest, **_: str) -> HttpResponse:
        """Returns the exercise with its ETag. Archived exercises can be read too.

        For one that was merged into another, it returns a 308 to the kept one.
        """
        try:
            self.get_document()  # Checks the permissions of this user, whoever the response is for.
            return self._ready(self.kwargs["id"], lambda: self.respond(self.get_document()))
        except Merged as error:
            return self._moved_to(error.kept_id)

    def update(self, request: SignedInRequest, partial: bool = False, **ids: str) -> HttpResponse:
        catalogue.refreshed()  # What an older copy has may not be what is stored.
        return super().update(request, partial, **ids)

    def _ready_for_path(self, make: Callable[[], HttpResponse]) -> HttpResponse:
        path = self.request.get_full_path()
        if len(path) > MAX_PATH:
            return make()
        return self._ready((self.request.scheme, self.request.get_host(), path), make)

    def _ready(self, key: Hashable, make: Callable[[], HttpResponse]) -> HttpResponse:
        """Returns the response to `key`. The JSON is created once per snapshot of the catalogue."""
        if not wants_json(self.request):
            return _with_etag(make())
        body, etag = catalogue.current().ready_response(key, lambda: _body_and_etag(make()))
        if has_current(self.request, etag):
            return HttpResponseNotModified(headers={"ETag": etag})
        return HttpResponse(body, "application/json", headers={"ETag": etag})

    def get_order(self) -> Order:
        query = self.query.read(self.request)
        if query.get("search") and "ordering" not in query:
            return RANK
        return ORDERS[query.get("ordering", "name")]

    def get_queryset(self) -> Selection:  # type: ignore[override]  # not a QuerySet
        return Selection()

    def filter_queryset(  # type: ignore[override]  # not a QuerySet
        self, _: Selection
    ) -> Selection:
        return Selection.of(self.query.read(self.request))

    def filter_values(self) -> ExistingValues:
        counts = count_facets(self.filter_queryset(self.get_queryset()))
        return {
            facet: [(each["value"], each["count"]) for each in values]
            for facet, values in counts.items()
        }

    def perform_create(self, document: Document) -> ExerciseDocument:
        return services.create_exercise(self._operation(), document)

    def perform_update(
        self, stored: Stored, changes: Document, only_if: Revisions | None
    ) -> ExerciseDocument:
        return services.change_exercise(self._operation(), stored["_id"], changes, only_if)

    def perform_destroy(self, document_id: ObjectId, only_if: Revisions | None) -> None:
        deletions.delete_exercise(self._operation(), document_id, only_if)

    def _moved_to(self, kept_id: object) -> HttpResponse:
        here = self.request.build_absolute_uri()
        place = here.replace(self.kwargs["id"], str(kept_id))
        return HttpResponse(status=308, headers={"Location": place})

    def _operation(self, kind: Kind = Kind.API) -> Operation:
        return Operation(kind, self.request.user.pk)


def _with_etag(response: HttpResponse) -> HttpResponse:
    """A page tells clients the ETag that their response has."""
    if isinstance(response, PageResponse) and not response.etag:
        response.etag = etag_of_body(dump_json(response.data))
    return response


def _body_and_etag(response: HttpResponse) -> tuple[bytes, str]:
    body = response.content
    return body, response.get("ETag") or etag_of_body(body)
