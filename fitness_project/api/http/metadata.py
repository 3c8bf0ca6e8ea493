"""The response to OPTIONS."""

from typing import TYPE_CHECKING, Any

from rest_framework.metadata import BaseMetadata
from rest_framework.request import Request

if TYPE_CHECKING:  # DRF's views import this module, because the settings name it.
    from rest_framework.views import APIView


class PlainMetadata(BaseMetadata):
    """Returns a view's name, description and media types.

    Fields are described in the schema alone, and whether a document exists isn't revealed.
    """

    def determine_metadata(self, request: Request, view: "APIView") -> dict[str, Any]:
        return {
            "name": view.get_view_name(),
            "description": view.get_view_description(),
            "renders": [renderer.media_type for renderer in view.renderer_classes],
            "parses": [parser.media_type for parser in view.parser_classes],
        }
