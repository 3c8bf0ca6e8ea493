"""Viewsets over stored documents."""

from django.http import HttpResponseNotModified
from rest_framework import status, viewsets
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from .conditions import etag_of, has_current, required_revisions
from .errors import DomainError, Missing
from .fields import parse_object_id
from .idempotency import IdempotencyKey
from .permissions import IsOwner
from .renderers import answer, is_json


class DocumentViewSet(viewsets.GenericViewSet):
    """Reads one collection.

    A subclass gives `serializer_class`, `get_queryset()` (what the user may see, as Documents
    or anything with its `fetch` and `get`) and `order` or `get_order()`; `filter_queryset()`
    narrows a list by its query parameters.
    """

    lookup_url_kwarg = "id"
    has_etags = True

    def get_order(self):
        return self.order

    def list(self, request):
        rows = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(self.answers(rows))

    def retrieve(self, request, id):
        """Its ETag goes with it."""
        document = self.get_document()
        if has_current(request, etag_of(document)):
            return HttpResponseNotModified(headers={"ETag": etag_of(document)})
        return self.answered(document)

    @property
    def id(self):
        """The path's id. What isn't one names nothing."""
        found = parse_object_id(self.kwargs["id"])
        if found is None:
            raise Missing("An id is 24 hexadecimal digits.")
        return found

    def get_document(self) -> dict:
        document = self.get_queryset().get(self.id)
        self.check_object_permissions(self.request, document)
        return document

    def answer(self, document):
        return self.serializer_class.answer(document)

    def answers(self, rows):
        return [self.answer(row) for row in rows]

    def answered(self, document, status=status.HTTP_200_OK, **headers):
        if is_json(self.request):
            headers["ETag"] = etag_of(document)
        return answer(self.request, self.answer(document), status, headers)


class WritableDocumentViewSet(DocumentViewSet):
    """Writes too. A subclass gives `perform_create`, `perform_update` and `perform_destroy`;
    the first two take the valid document (for PATCH, a part) and answer the stored one, the last
    two the revisions that `If-Match` requires."""

    def create(self, request):
        """Answers what was made."""
        return self.created(self.perform_create(self.valid_document()))

    def created(self, document, **headers):
        request = self.request
        here = f"{request.scheme}://{request.get_host()}{request.path.rstrip('/')}"
        headers["Location"] = f"{here}/{document['_id']}"
        return self.answered(document, status.HTTP_201_CREATED, **headers)

    def update(self, request, id):
        """All fields but the server's own: what is left out is reset."""
        return self._update(partial=False)

    def partial_update(self, request, id):
        """The fields that are sent; the others stay as they are."""
        return self._update(partial=True)

    def _update(self, partial):
        id = self.id
        try:
            changes = self.valid_document(partial=partial)
        except ValidationError:
            self.get_document()  # What isn't there is missing, whatever the body says.
            raise
        write = self.perform_update if partial else self.perform_replace
        return self.answered(write(id, changes, required_revisions(self.request)))

    def perform_replace(self, id, document, only_if):
        return self.perform_update(id, document, only_if)

    def destroy(self, request, id):
        """It can't be undone."""
        self.perform_destroy(self.id, required_revisions(request))
        return Response(status=status.HTTP_204_NO_CONTENT)

    def valid_document(self, partial=False) -> dict:
        serializer = self.get_serializer(data=self.request.data, partial=partial)
        serializer.is_valid(raise_exception=True)
        return serializer.to_document()


class OwnedDocumentViewSet(WritableDocumentViewSet):
    """Of the user's own documents: a POST may be sent again, with its `Idempotency-Key`.

    A subclass gives `new_serializer_class` too, which takes an `id` of the client's choice.
    """

    permission_classes = (IsOwner,)
    takes_keys = True

    def get_serializer_class(self):
        return self.new_serializer_class if self.action == "create" else self.serializer_class

    def answers(self, rows):
        if not is_json(self.request):
            return super().answers(rows)
        return [self.serializer_class.json_answer(row) for row in rows]

    def perform_update(self, id, changes, only_if):
        return self.get_queryset().update(id, changes, only_if)

    def perform_replace(self, id, document, only_if):
        return self.get_queryset().replace(id, document, only_if)

    def create(self, request):
        """With an `Idempotency-Key` it can be sent again when its answer was lost."""
        key = IdempotencyKey.of(request)
        if key is None:
            return super().create(request)
        try:
            return self.created(self.perform_create({**self.valid_document(), **key.fields}))
        except (ValidationError, DomainError):
            # Perhaps it was made before; since then what it names may have gone.
            document = key.document_made_before(self.get_queryset())
            if document is None:
                raise
        return self.created(document, **{"Idempotent-Replayed": "true"})
