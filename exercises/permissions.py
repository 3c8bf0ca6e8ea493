"""Who may write the catalogue."""

from rest_framework.permissions import SAFE_METHODS, IsAuthenticated
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts.models import User

ACTIONS = {"POST": "add", "PUT": "change", "PATCH": "change", "DELETE": "delete"}


class IsCuratorOrReadOnly(IsAuthenticated):
    """Allows all signed-in users to read, and staff to write as Django's permissions say."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        if not super().has_permission(request, view):
            return False
        method = str(request.method)
        return method in SAFE_METHODS or _may(request, ACTIONS.get(method, ""))


class IsCurator(IsAuthenticated):
    """Allows staff who may view exercises in the admin."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return super().has_permission(request, view) and _may(request, "view", "change")


class MayMerge(IsAuthenticated):
    """Allows staff who may merge exercises."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return super().has_permission(request, view) and _may(request, "merge")


def _may(request: Request, *actions: str) -> bool:
    """Whether the user is staff with Django's permission for one of these."""
    user = request.user
    if not isinstance(user, User) or not user.is_staff:
        return False
    return any(user.has_perm(f"exercises.{action}_exercise") for action in actions)
