"""Who may write the catalogue."""

from rest_framework.permissions import SAFE_METHODS, IsAuthenticated
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts.models import User

ACTIONS = {"POST": "add", "PUT": "change", "PATCH": "change", "DELETE": "delete"}


class IsCuratorOrReadOnly(IsAuthenticated):
    """Allows all signed-in users to read, and staff to write as Django's permissions say.

    An extra action of the view is called like the permission for it.
    """

    def has_permission(self, request: Request, view: APIView) -> bool:
        if not super().has_permission(request, view):
            return False
        return request.method in SAFE_METHODS or _may_write(request, view)


def _may_write(request: Request, view: APIView) -> bool:
    is_merge = getattr(view, "action", None) == "merge"
    user, action = request.user, "merge" if is_merge else ACTIONS.get(str(request.method))
    if not isinstance(user, User) or not user.is_staff:
        return False
    return user.has_perm(f"exercises.{action}_exercise")
