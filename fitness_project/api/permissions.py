"""Who may do what with one document."""

from collections.abc import Mapping
from typing import Any

from rest_framework.permissions import SAFE_METHODS, IsAuthenticated
from rest_framework.request import Request

from fitness_project.errors import Missing


class IsOwner(IsAuthenticated):
    """Only the owner. To everybody else the document doesn't exist, staff included."""

    def has_object_permission(
        self, request: Request, view: Any, document: Mapping[str, Any]
    ) -> bool:
        if document["userId"] != request.user.pk:
            raise Missing
        return True


class IsStaffOrReadOnly(IsAuthenticated):
    """Everybody who is signed in reads. Staff write."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if not super().has_permission(request, view):
            return False
        return request.method in SAFE_METHODS or request.user.is_staff
