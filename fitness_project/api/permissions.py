"""Who may read and write documents."""

from collections.abc import Mapping
from typing import Any

from rest_framework.permissions import SAFE_METHODS, IsAdminUser, IsAuthenticated
from rest_framework.request import Request
from rest_framework.views import APIView

from fitness_project.errors import Missing


class IsOwner(IsAuthenticated):
    """Allows only the owner. For everybody else, staff included, the document doesn't exist."""

    def has_object_permission(
        self, request: Request, view: APIView, document: Mapping[str, Any]
    ) -> bool:
        if document["userId"] != request.user.pk:
            raise Missing
        return True


class IsStaffOrReadOnly(IsAdminUser):
    """Allows all signed-in users to read, and staff to write."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        if request.method in SAFE_METHODS:
            return request.user.is_authenticated
        return super().has_permission(request, view)
