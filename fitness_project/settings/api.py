"""Django REST Framework, tokens and the OpenAPI schema."""

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.signing_in.authentication.BearerAuthentication",
        "fitness_project.api.pages.authentication.BrowserSessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_PARSER_CLASSES": ["fitness_project.api.http.parsers.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": [
        "fitness_project.api.http.renderers.DocumentJSONRenderer",
        "fitness_project.api.pages.renderer.PageRenderer",
    ],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": (
        "fitness_project.api.http.negotiation.JSONFirstNegotiation"
    ),
    "DEFAULT_METADATA_CLASS": "fitness_project.api.http.metadata.PlainMetadata",
    "DEFAULT_PAGINATION_CLASS": "fitness_project.api.pagination.KeysetPagination",
    "DEFAULT_SCHEMA_CLASS": "fitness_project.api.schema.operations.ProblemAutoSchema",
    "EXCEPTION_HANDLER": "fitness_project.api.problems.handlers.exception_handler",
    "LIST_SERIALIZER_ERRORS_AS_DICT": True,
    # A key that no body has, so that it can stand for the whole body in errors.
    "NON_FIELD_ERRORS_KEY": "\0",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "URL_FORMAT_OVERRIDE": None,
}

SIMPLE_JWT = {
    "AUTH_HEADER_TYPES": ("Bearer",),
}

SPECTACULAR_SETTINGS = {
    "TITLE": "Fitness API",
    "DESCRIPTION": (
        "Exercises, routines and training history for fitness apps. "
        "Read the [guide for client developers](/api/docs/guide) and what to do about "
        "[errors](/api/docs/errors)."
    ),
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.0",
    # Where the schema comes from.
    "SERVERS": [{"url": "/"}],
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "SCHEMA_PATH_PREFIX": "/api",
    # Pages are for people, not for clients.
    "RENDERER_WHITELIST": ["fitness_project.api.http.renderers.DocumentJSONRenderer"],
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "fitness_project.api.schema.operations.require_all_response_fields",
        "fitness_project.api.schema.operations.without_trailing_slashes",
        "fitness_project.api.schema.examples.add_examples",
    ],
    "GET_LIB_DOC_EXCLUDES": "fitness_project.api.schema.operations.internal_docs",
}
