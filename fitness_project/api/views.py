"""Viewsets over stored documents."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, ClassVar

from bson import ObjectId
from django.http import HttpResponse, HttpResponseNotModified
from rest_framework import status, viewsets
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from fitness_project.documents.collection import Document
from fitness_project.documents.ids import parse_object_id
from fitness_project.documents.order import Order
from fitness_project.documents.owned import OwnedDocuments, OwnedModel
from fitness_project.documents.revisions import Revisions
from fitness_project.errors import DomainError, Missing, Overtaken

from .http.conditions import etag_of, has_current, required_revisions
from .http.idempotency import IdempotencyKey
from .http.renderers import respond, wants_json
from .permissions import IsOwner
from .serializers import DocumentSerializer, Input

Rows = list[Mapping[str, Any]]


class DocumentViewSet(viewsets.GenericViewSet):
    """Reads one collection.

    A subclass gives `serializer_class`, `get_queryset()` (what the user may see, as Documents
    or anything with its `fetch` and `get`) and `order` or `get_order()`. `filter_queryset()`
    narrows a list by its query parameters.
    """

    serializer_class: type[DocumentSerializer]
    order: Order
    lookup_url_kwarg = "id"
    has_etags = True

    def get_order(self) -> Order:
        return self.order

    def list(self, request: Request) -> HttpResponse:
        rows = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(self.representations(rows))

    def retrieve(self, request: Request, **_: str) -> HttpResponse:
        """Returns the document with its ETag."""
        document = self.get_document()
        if has_current(request, etag_of(document)):
            return HttpResponseNotModified(headers={"ETag": etag_of(document)})
        return self.respond(document)

    @property
    def document_id(self) -> ObjectId:
        """The path's id. Anything else in its place names nothing."""
        found = parse_object_id(self.kwargs["id"])
        if found is None:
            raise Missing("An id is 24 hexadecimal digits.")
        return found

    def get_document(self) -> Document:
        document = self.get_queryset().get(self.document_id)
        self.check_object_permissions(self.request, document)
        return document

    def representations(self, rows: Rows) -> Sequence[Any]:
        return [self.serializer_class.response(row) for row in rows]

    def respond(
        self, document: Document, status: int = status.HTTP_200_OK, **headers: str
    ) -> HttpResponse:
        if wants_json(self.request):
            headers["ETag"] = etag_of(document)
        return respond(self.request, self.serializer_class.response(document), status, headers)


class WritableDocumentViewSet(DocumentViewSet):
    """Writes too.

    A subclass gives `perform_create`, `perform_update` and `perform_destroy`. The first two take a
    valid document (for PATCH, a part of one) and return the stored one; the last two take the
    revisions that `If-Match` requires.
    """

    def create(self, request: Request) -> HttpResponse:
        """Returns what was created."""
        return self.respond_created(self.perform_create(self.read_body()))

    def update(self, request: Request, **_: str) -> HttpResponse:
        """Replaces all fields but the server's own: what is left out is reset."""
        return self._update(partial=False)

    def partial_update(self, request: Request, **_: str) -> HttpResponse:
        """Changes the fields that are sent. The others stay as they are."""
        return self._update(partial=True)

    def _update(self, partial: bool) -> HttpResponse:
        only_if = required_revisions(self.request)
        _ = self.request.data  # A body that can't be read is a 400 or 415 for any id.
        while True:
            stored = self.get_document()
            changes = self.read_body(stored, partial)
            with suppress(Overtaken):
                return self.respond(self.perform_update(stored, changes, only_if))

    def destroy(self, request: Request, **_: str) -> HttpResponse:
        """Deletes the document, which can't be undone."""
        self.perform_destroy(self.document_id, required_revisions(request))
        return Response(status=status.HTTP_204_NO_CONTENT)

    def read_body(self, stored: Document | None = None, partial: bool = False) -> Document:
        source = Input(self.request.data, self.request.user, stored, partial)
        return self.get_serializer_class().read(source)

    def respond_created(self, document: Document, **headers: str) -> HttpResponse:
        request = self.request
        here = f"{request.scheme}://{request.get_host()}{request.path.rstrip('/')}"
        headers["Location"] = f"{here}/{document['_id']}"
        return self.respond(document, status.HTTP_201_CREATED, **headers)

    def perform_create(self, document: Document) -> Document:
        raise NotImplementedError

    def perform_update(
        self, stored: Document, changes: Document, only_if: Revisions | None
    ) -> Document:
        """Raises Overtaken if the document isn't as it was read any more."""
        raise NotImplementedError

    def perform_destroy(self, document_id: ObjectId, only_if: Revisions | None) -> None:
        raise NotImplementedError


class OwnedDocumentViewSet(WritableDocumentViewSet):
    """The user's own documents. A POST may be sent again with its `Idempotency-Key`.

    A subclass gives `model`, and `new_serializer_class`, which accepts an `id` that the client
    chose.
    """

    model: ClassVar[type[OwnedModel]]
    new_serializer_class: ClassVar[type[DocumentSerializer]]
    permission_classes = (IsOwner,)
    takes_keys = True

    def get_queryset(self) -> OwnedDocuments:
        return self.model.objects.visible_to(self.request.user)

    def get_serializer_class(self) -> type[DocumentSerializer]:
        return self.new_serializer_class if self.action == "create" else self.serializer_class

    def representations(self, rows: Rows) -> Sequence[Any]:
        if not wants_json(self.request):
            return super().representations(rows)
        return [self.serializer_class.ready_response(row) for row in rows]

    def create(self, request: Request) -> HttpResponse:
        """Send an `Idempotency-Key` with it, and it can be sent again if its response was lost."""
        key = IdempotencyKey.of(request)
        if key is None:
            return super().create(request)
        try:
            return self.respond_created(self.perform_create({**self.read_body(), **key.fields}))
        except (ValidationError, DomainError):
            # An earlier attempt may have created it, and what it refers to may have gone since.
            document = key.made_before(self.get_queryset())
            if document is None:
                raise
        return self.respond_created(document, **{"Idempotent-Replayed": "true"})

    def perform_create(self, document: Document) -> Document:
        return self.get_queryset().create(document)

    def perform_update(
        self, stored: Document, changes: Document, only_if: Revisions | None
    ) -> Document:
        return self.get_queryset().change(stored, changes, only_if)

    def perform_destroy(self, document_id: ObjectId, only_if: Revisions | None) -> None:
        self.get_queryset().delete(document_id, only_if)
