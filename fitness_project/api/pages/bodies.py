"""Which body a call takes, and which of its fields a form offers."""

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from rest_framework.exceptions import APIException
from rest_framework.fields import Field, ListField
from rest_framework.request import override_method
from rest_framework.serializers import ListSerializer, Serializer

from fitness_project.errors import DomainError

from ..fields import ObjectIdField, ReferenceField

if TYPE_CHECKING:  # DRF's views import this module, because the settings name the renderer.
    from ..strict import StrictView

WRITES = ("POST", "PUT", "PATCH", "DELETE")


def body_serializer(view: "StrictView", method: str) -> Serializer | None:
    """The serializer of the body, or None if the call takes none."""
    declared = getattr(view, f"{method.lower()}_body", None)
    if declared is not None:
        return declared()
    writer: Any = view
    if method == "DELETE" or method not in view.allowed_methods:
        return None
    with override_method(view, view.request, method):
        return writer.get_serializer_class()()


def allowed_writes(view: "StrictView") -> list[str]:
    """The methods that write and that the user may use here."""
    return [method for method in WRITES if method in view.allowed_methods and may(view, method)]


def may(view: "StrictView", method: str) -> bool:
    with override_method(view, view.request, method) as request:
        try:
            view.check_permissions(request)
        except (APIException, PermissionDenied, DomainError):
            return False
    return True


def offered(serializer: Serializer) -> dict[str, Field]:
    """The fields that a form offers. (An id that a client may choose is for programs.)"""
    return {
        name: field
        for name, field in serializer.fields.items()
        if not field.read_only and field.style.get("in_forms", True) and not _is_plain_id(field)
    }


def row_of(field: Field) -> Field | None:
    """What each row of the field is, or None if the field has no rows."""
    match field:
        case ListSerializer(child=Serializer() as item):
            return item
        case ListField(child=ReferenceField() as item):
            return item
    return None


def needed(field: Field) -> Any:
    """What must be sent, with empty values."""
    match field:
        case ListSerializer(child=Field() as item):
            return [needed(item)]
        case Serializer():
            return {name: needed(inner) for name, inner in field.fields.items() if inner.required}
    return field.get_initial()


def _is_plain_id(field: Field) -> bool:
    return isinstance(field, ObjectIdField) and not isinstance(field, ReferenceField)
