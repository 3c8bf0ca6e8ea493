"""Turns the query of a sent filter form into the query of the API.

People choose an exercise by its name and a day without a time, and leave fields empty. The API
wants an id, an instant, and no parameter without a value. So the page at the form's address leads
on to the address with the API's spelling, which is also that of the JSON.
"""

import re
from typing import TYPE_CHECKING, Any

from rest_framework.fields import Field
from rest_framework.response import Response

from fitness_project.documents.ids import parse_object_id

from ..fields import QueryInstantField, ReferenceField
from .filters import may_be_filtered, query_fields

if TYPE_CHECKING:  # DRF's views import this module, because the settings name it.
    from ..strict import StrictView

DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def respelled_address(view: "StrictView", response: Response) -> str | None:
    """The address with the API's spelling, or None if this one has it."""
    if not may_be_filtered(view, response):
        return None
    request, query = view.request, view.request.query_params.copy()
    for name, known in query_fields(view).items():
        values = [_respelled(value, known, request.user) for value in query.getlist(name)]
        query.setlist(name, [value for value in values if value])
    if query.urlencode() == request.query_params.urlencode():
        return None
    return f"{request.path}?{query.urlencode()}".rstrip("?")


def _respelled(value: str, known: Field, user: Any) -> str:
    if isinstance(known, QueryInstantField) and DAY.fullmatch(value):
        return f"{value}T00:00:00Z"
    if isinstance(known, ReferenceField) and value.strip() and parse_object_id(value) is None:
        return _id_of_the_only(value.strip(), known, user) or value
    return value


def _id_of_the_only(name: str, known: ReferenceField, user: Any) -> str | None:
    """The id of the document that has this name, or is the only one that is found by it."""
    found = known.choices(name, user)
    equal = [each for each, its_name in found if its_name.casefold() == name.casefold()]
    for ids in (equal, [each for each, _ in found]):
        if len(ids) == 1:
            return str(ids[0])
    return None
