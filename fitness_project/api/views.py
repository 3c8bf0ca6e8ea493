"""Viewsets of stored documents."""

from typing import Any, ClassVar

from bson import ObjectId
from django.http import HttpResponse, HttpResponseNotModified
from rest_framework import status, viewsets
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from fitness_project.documents.collection import Document, Stored
from fitness_project.documents.ids import parse_object_id
from fitness_project.documents.order import Order
from fitness_project.documents.owned import OwnedDocuments, OwnedModel
from fitness_project.documents.revisions import Revisions
from fitness_project.errors import DomainError, Missing

from .http.conditions import etag_of, has_current, require, required_revisions
from .http.idempotency import IdempotencyKey
from .http.renderers import respond, wants_json
from .pagination import PageQuery
from .permissions import IsOwner, is_decided_by_filter
from .requests import SignedInRequest
from .serializers import DocumentSerializer, Input
from .strict import StrictView


class DocumentViewSet(StrictView, viewsets.GenericViewSet):
    """Reads and writes one collection: the user's own documents of `model`, unless overridden.

    A subclass defines `serializer_class`, `order` or `get_order()`, and either `model` or:

    - `get_queryset()`: the documents that the user may see, with the `fetch` and `get` of Documents
    - `perform_create`, `perform_update` and `perform_destroy`: The first two take a valid document
      (for PATCH, a part of one) and return the stored document. The last two take the revisions
      that `If-Match` requires.

    It may override `filter_queryset()` to filter a list by the parameters of its `query`.
    """

    request: SignedInRequest
    model: ClassVar[type[OwnedModel]]
    serializer_class: type[DocumentSerializer]
    order: Order
    lookup_url_kwarg = "id"
    has_etags = True

    def query_names(self) -> frozenset[str]:
        """Only a list has parameters."""
        is_list = self.action_map.get("get") == "list"
        return super().query_names() | PageQuery.names() if is_list else frozenset()

    def get_order(self) -> Order:
        return self.order

    def get_queryset(self) -> OwnedDocuments:  # type: ignore[override]  # not a QuerySet
        return self.model.objects.visible_to(self.request.user)

    def get_serializer_class(self) -> type[DocumentSerializer]:
        return self.serializer_class

    def list(self, request: SignedInRequest) -> HttpResponse:
        documents: Any = self.get_queryset()  # DRF's methods are typed for QuerySets only.
        rows: Any = self.paginate_queryset(self.filter_queryset(documents))
        serializer = self.serializer_class
        public = serializer.ready_response if wants_json(request) else serializer.response
        return self.get_paginated_response([public(row) for row in rows])

    def retrieve(self, request: SignedInRequest, **_: str) -> HttpResponse:
        """Returns the document with its ETag."""
        document = self.get_document()
        if has_current(request, etag_of(document)):
            return HttpResponseNotModified(headers={"ETag": etag_of(document)})
        return self.respond(document)

    @property
    def document_id(self) -> ObjectId:
        """The id in the path. Raises Missing for anything that isn't an id."""
        found = parse_object_id(self.kwargs["id"])
        if found is None:
            raise Missing("An id has 24 hexadecimal digits.")
        return found

    def get_document(self) -> Stored:
        document = self.get_queryset().get(self.document_id)
        self.check_object_permissions(self.request, document)
        return document

    def respond(
        self, document: Stored, status: int = status.HTTP_200_OK, **headers: str
    ) -> HttpResponse:
        headers["ETag"] = etag_of(document)
        return respond(self.request, self.serializer_class.response(document), status, headers)

    def create(self, request: SignedInRequest) -> HttpResponse:
        """Creates the document, and returns it with its ETag."""
        return self.respond_created(self.perform_create(self.read_body()))

    def partial_update(self, request: SignedInRequest, **_: str) -> HttpResponse:
        """Changes only the fields that are sent.

        If that changes nothing, `updatedAt` and the ETag stay the same.
        """
        return self.update(request, partial=True)

    def update(self, request: SignedInRequest, partial: bool = False, **ids: str) -> HttpResponse:
        """Replaces the document. Omitted fields get their defaults; read-only ones are ignored.

        If that changes nothing, `updatedAt` and the ETag stay the same.
        """
        only_if = required_revisions(request)
        _ = self.document_id, request.data  # A bad id is a 404; then a bad body is a 400.
        stored = self.get_document()
        changes = self.read_body(stored, partial)
        if self.serializer_class.changes_nothing(stored, changes):
            require(only_if, stored)
            return self.respond(stored)
        return self.respond(self.perform_update(stored, changes, only_if))

    def destroy(self, request: SignedInRequest, **_: str) -> HttpResponse:
        """Deletes the document. This can't be undone."""
        only_if = required_revisions(request)
        if not is_decided_by_filter(self):
            self.get_document()  # Checks the permissions for it.
        self.perform_destroy(self.document_id, only_if)
        return Response(status=status.HTTP_204_NO_CONTENT)

    def read_body(self, stored: Stored | None = None, partial: bool = False) -> Document:
        source = Input(self.request.data, self.request.user, stored, partial)
        return self.get_serializer_class().read(source)

    def respond_created(self, document: Stored, **headers: str) -> HttpResponse:
        here = f"{self.request.scheme}://{self.request.get_host()}{self.request.path.rstrip('/')}"
        headers["Location"] = f"{here}/{document['_id']}"
        return self.respond(document, status.HTTP_201_CREATED, **headers)

    def perform_create(self, document: Document) -> Stored:
        return self.get_queryset().create(document)

    def perform_update(
        self, stored: Stored, changes: Document, only_if: Revisions | None
    ) -> Stored:
        return self.get_queryset().change(stored, changes, only_if)

    def perform_destroy(self, document_id: ObjectId, only_if: Revisions | None) -> None:
        self.get_queryset().delete(document_id, only_if)


class OwnedDocumentViewSet(DocumentViewSet):
    """Reads and writes a user's own documents. A POST with an `Idempotency-Key` may be sent again.

    A subclass also defines `new_serializer_class`, which accepts an `id` that the client chose.
    """

    new_serializer_class: ClassVar[type[DocumentSerializer]]
    permission_classes = (IsOwner,)
    takes_keys = True

    def get_serializer_class(self) -> type[DocumentSerializer]:
        return self.new_serializer_class if self.action == "create" else self.serializer_class

    def create(self, request: SignedInRequest) -> HttpResponse:
        """Creates the document, and returns it with its ETag.

        With an `Idempotency-Key`, the request can safely be sent again if its response is lost.
        """
        key = IdempotencyKey.of(request)
        if key is None:
            return super().create(request)
        try:
            return self.respond_created(self.perform_create({**self.read_body(), **key.fields}))
        except (ValidationError, DomainError):
            # An earlier attempt may have created it, and what it refers to may be gone by now.
            document = key.made_before(self.get_queryset())
            if document is None:
                raise
        return self.respond_created(document, **{"Idempotent-Replayed": "true"})
