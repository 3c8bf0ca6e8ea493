"""What OPTIONS answers."""

from rest_framework.metadata import SimpleMetadata


class PlainMetadata(SimpleMetadata):
    """Name, description and media types. Fields are described by the schema alone, and whether a
    document exists is no matter of OPTIONS."""

    def determine_metadata(self, request, view):
        return {
            "name": view.get_view_name(),
            "description": view.get_view_description(),
            "renders": [renderer.media_type for renderer in view.renderer_classes],
            "parses": [parser.media_type for parser in view.parser_classes],
        }
