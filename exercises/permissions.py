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
        return request.method in SAFE_METHODS or _may_write(request)


def _may_write(request: Request) -> bool:
    user, action = request.user, ACTIONS.get(str(request.method))
    if not isinstance(user, User) or not user.is_staff:
        return False
    return user.has_perm(f"exercises.{action}_exercise")
