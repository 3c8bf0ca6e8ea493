"""Who may do what with one document."""

from django.http import Http404
from rest_framework.permissions import SAFE_METHODS, IsAuthenticated


class IsOwner(IsAuthenticated):
    """Only the owner. To anybody else the document doesn't exist, staff included."""

    def has_object_permission(self, request, view, document):
        if document["userId"] != request.user.pk:
            raise Http404
        return True


class IsStaffOrReadOnly(IsAuthenticated):
    """Everybody who is signed in reads; staff write."""

    def has_permission(self, request, view):
        if not super().has_permission(request, view):
            return False
        return request.method in SAFE_METHODS or request.user.is_staff
