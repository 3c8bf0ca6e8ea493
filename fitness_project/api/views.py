"""Viewsets over stored documents."""

from rest_framework import status, viewsets
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from .errors import Missing
from .fields import parse_object_id
from .renderers import answer


class DocumentViewSet(viewsets.GenericViewSet):
    """Reads one collection.

    A subclass gives `serializer_class`, `get_queryset()` (what the user may see, as Documents
    or anything with its `fetch` and `get`) and `order` or `get_order()`; `filter_queryset()`
    narrows a list by its query parameters.
    """

    lookup_url_kwarg = "id"

    def get_order(self):
        return self.order

    def list(self, request):
        rows = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response([self.answer(row) for row in rows])

    def retrieve(self, request, id):
        return answer(request, self.answer(self.get_document()))

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


class WritableDocumentViewSet(DocumentViewSet):
    """Writes too. A subclass gives `perform_create`, `perform_update` and `perform_destroy`;
    the first two take the valid document (for PATCH, a part) and answer the stored one."""

    def create(self, request):
        document = self.perform_create(self.valid_document())
        location = request.build_absolute_uri(f"{request.path.rstrip('/')}/{document['_id']}")
        headers = {"Location": location}
        return answer(request, self.answer(document), status.HTTP_201_CREATED, headers)

    def update(self, request, id):
        return self._update(partial=False)

    def partial_update(self, request, id):
        return self._update(partial=True)

    def _update(self, partial):
        id = self.id
        try:
            changes = self.valid_document(partial=partial)
        except ValidationError:
            self.get_document()  # What isn't there is missing, whatever the body says.
            raise
        return answer(self.request, self.answer(self.perform_update(id, changes)))

    def destroy(self, request, id):
        self.perform_destroy(self.id)
        return Response(status=status.HTTP_204_NO_CONTENT)

    def valid_document(self, partial=False) -> dict:
        serializer = self.get_serializer(data=self.request.data, partial=partial)
        serializer.is_valid(raise_exception=True)
        return serializer.to_document()
