"""Who may read and write documents."""

from collections.abc import Mapping
from typing import Any, ClassVar

from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.views import APIView

from fitness_project.errors import Missing


def is_decided_by_filter(view: APIView) -> bool:
    """Whether a write's own filter finds only documents that all permissions of the view allow.

    If so, the document needn't be read before it is deleted.
    """
    permissions = view.get_permissions()
    return all(getattr(each, "filter_decides", False) for each in permissions)


class IsOwner(IsAuthenticated):
    """Allows only the owner. For everybody else, staff included, the document doesn't exist."""

    filter_decides: ClassVar[bool] = True  # Every write names the owner.

    def has_object_permission(
        self, request: Request, view: APIView, document: Mapping[str, Any]
    ) -> bool:
        if document["userId"] != request.user.pk:
            raise Missing
        return True
