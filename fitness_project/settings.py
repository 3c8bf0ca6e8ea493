"""Settings, all of them from the environment: README.md lists the variables."""

import os
import re
from ipaddress import ip_address, ip_network
from pathlib import Path

from corsheaders.defaults import default_headers
from django.core.exceptions import ImproperlyConfigured
from environ import Env

from fitness_project.secret_key import kept_secret_key


def text(name, default=""):
    """An empty variable counts as one that is not set."""
    return os.environ.get(name) or default


def whole_number(name, default, lowest, highest):
    given = text(name, str(default))
    if not given.isascii() or not given.isdigit() or not lowest <= int(given[:9]) <= highest:
        raise ImproperlyConfigured(f"{name} must be a whole number from {lowest} to {highest}.")
    return int(given)


def switch(name, default):
    given = text(name, str(default)).lower()
    if given not in ("true", "false", "1", "0", "yes", "no", "on", "off"):
        raise ImproperlyConfigured(f"{name} must be true or false, not {given!r}.")
    return given in ("true", "1", "yes", "on")


def from_url(name, read):
    try:
        return read(text(name))
    except (ImproperlyConfigured, ValueError):  # Their texts may have parts of a password.
        raise ImproperlyConfigured(
            f"{name} is no address that can be read. In a password, write / as %2F and @ as %40."
        ) from None


def listed(name, default=()):
    """Comma-separated values."""
    return [part.strip() for part in text(name).split(",") if part.strip()] or [*default]


BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(text("VAR_DIR") or BASE_DIR / "var").resolve()
DEBUG = switch("DEBUG", False)
DEFAULT_EXCEPTION_REPORTER_FILTER = "fitness_project.debugging.SettingsFilter"

MONGODB_URI = text("MONGODB_URI")
MONGODB_NAME = text("MONGODB_NAME", "fitness")
if not re.fullmatch(r"[\w-]{1,63}", MONGODB_NAME, re.ASCII):
    raise ImproperlyConfigured("MONGODB_NAME consists of 1 to 63 letters, digits, - and _.")

SECRET_KEY = text("SECRET_KEY")
if not SECRET_KEY and MONGODB_URI:
    raise ImproperlyConfigured(
        "SECRET_KEY must be set when MONGODB_URI is: every machine that serves must share one key."
    )
if not SECRET_KEY:
    SECRET_KEY = kept_secret_key(VAR_DIR)
SECRET_KEY_FALLBACKS = listed("SECRET_KEY_FALLBACKS")
for name, keys in {
    "SECRET_KEY": [SECRET_KEY],
    "SECRET_KEY_FALLBACKS": SECRET_KEY_FALLBACKS,
}.items():
    if any(len(key.encode()) < 32 for key in keys):
        raise ImproperlyConfigured(f"{name}: a key that signs tokens has at least 32 bytes.")

HOST = text("HOST", "127.0.0.1")
try:
    ip_address(HOST)
except ValueError:
    raise ImproperlyConfigured(
        f"HOST must be an IP address, such as 127.0.0.1 or 0.0.0.0, not {HOST!r}."
    ) from None
PORT = whole_number("PORT", 8000, 1, 65535)
WORKERS = whole_number("WORKERS", os.cpu_count(), 1, 1024)

ALLOWED_HOSTS = listed("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
TRUSTED_PROXIES = listed("TRUSTED_PROXIES")
try:
    [ip_network(network, strict=False) for network in TRUSTED_PROXIES]
except ValueError as error:
    raise ImproperlyConfigured(f"TRUSTED_PROXIES: {error}.") from None
CORS_ALLOWED_ORIGINS = listed("CORS_ALLOWED_ORIGINS")
CORS_URLS_REGEX = r"^/api"
CORS_ALLOW_HEADERS = (
    *default_headers,
    "idempotency-key",
    "if-match",
    "if-none-match",
    "x-request-id",
)
CORS_EXPOSE_HEADERS = ["ETag", "Idempotent-Replayed", "Location", "Retry-After", "X-Request-Id"]

INSTALLED_APPS = [
    "accounts",  # Its createsuperuser comes before Django's.
    "fitness_project.contrib_apps.AdminConfig",
    "fitness_project.contrib_apps.AuthConfig",
    "fitness_project.contrib_apps.ContentTypesConfig",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_mongodb_backend",
    "corsheaders",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "fitness_project",
    "exercises",
    "routines",
    "history",
]

MIDDLEWARE = [
    "fitness_project.api.middleware.RequestIdMiddleware",
    "fitness_project.api.addresses.ForwardedProtoMiddleware",
    "fitness_project.database.deadline.DatabaseDeadlineMiddleware",
    "fitness_project.api.browsers.SecurityMiddleware",
    "fitness_project.api.browsers.CorsMiddleware",
    "fitness_project.api.problems.ProblemMiddleware",
    "fitness_project.api.browsers.WhiteNoiseMiddleware",
    "fitness_project.api.browsers.SessionMiddleware",
    "fitness_project.api.browsers.CommonMiddleware",
    "fitness_project.api.browsers.CsrfViewMiddleware",
    "fitness_project.api.browsers.AuthenticationMiddleware",
    "fitness_project.api.browsers.MessageMiddleware",
    "fitness_project.api.browsers.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "fitness_project.urls"
WSGI_APPLICATION = "fitness_project.wsgi.application"
# Both spellings of a path are routes of their own: nothing is redirected.
APPEND_SLASH = False
CSRF_FAILURE_VIEW = "fitness_project.api.problems.csrf_failure"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# An unreachable database is noticed in time for a 503 within five seconds.
MONGODB_OPTIONS = {"serverSelectionTimeoutMS": 2000, "connectTimeoutMS": 2000}
if MONGODB_URI:
    DATABASES = {
        "default": {
            "ENGINE": "django_mongodb_backend",
            "HOST": MONGODB_URI,
            "NAME": MONGODB_NAME,
            "OPTIONS": MONGODB_OPTIONS,
        }
    }
else:
    DATABASES = {
        "default": {
            "ENGINE": "fitness_project.database.embedded",
            "NAME": MONGODB_NAME,
            "OPTIONS": MONGODB_OPTIONS,
            "VAR_DIR": VAR_DIR,
        }
    }
DATABASE_ROUTERS = ["django_mongodb_backend.routers.MongoRouter"]
DEFAULT_AUTO_FIELD = "django_mongodb_backend.fields.ObjectIdAutoField"
MIGRATION_MODULES = {
    "admin": "fitness_project.mongo_migrations.admin",
    "auth": "fitness_project.mongo_migrations.auth",
    "contenttypes": "fitness_project.mongo_migrations.contenttypes",
}

if text("CACHE_URL"):
    CACHES = {"default": from_url("CACHE_URL", Env.cache_url_config)}

if text("EMAIL_URL"):
    vars().update(from_url("EMAIL_URL", Env.email_url_config))
else:
    EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = text("EMAIL_FROM", "fitness@localhost")

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.EmailBackend"]
PASSWORD_RESET_TIMEOUT = 60 * 60
PASSWORD_HASHERS = [
    "accounts.hashers.PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "name")},
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "accounts.validators.MaximumBytesValidator"},
]
LOGIN_REDIRECT_URL = "/api"
LOGOUT_REDIRECT_URL = "/api"

LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
USE_I18N = False
USE_TZ = True
STATIC_URL = "static/"
WHITENOISE_USE_FINDERS = True

X_FRAME_OPTIONS = "DENY"
# Where a proxy ends TLS, browsers come by https alone.
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = bool(TRUSTED_PROXIES)

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.authentication.BearerAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_PARSER_CLASSES": ["fitness_project.api.parsers.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": [
        "fitness_project.api.renderers.DocumentJSONRenderer",
        "fitness_project.api.renderers.BrowsableRenderer",
    ],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "fitness_project.api.negotiation.JSONFirstNegotiation",
    "DEFAULT_METADATA_CLASS": "fitness_project.api.metadata.PlainMetadata",
    "DEFAULT_PAGINATION_CLASS": "fitness_project.api.pagination.KeysetPagination",
    "DEFAULT_SCHEMA_CLASS": "fitness_project.api.schema.ProblemAutoSchema",
    "EXCEPTION_HANDLER": "fitness_project.api.problems.problem_response",
    "LIST_SERIALIZER_ERRORS_AS_DICT": True,
    # No key of a body: errors of the body as a whole point at it, those of a key at the key.
    "NON_FIELD_ERRORS_KEY": "\0",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "URL_FORMAT_OVERRIDE": None,
}

SIMPLE_JWT = {
    "AUTH_HEADER_TYPES": ("Bearer",),
    "AUTH_TOKEN_CLASSES": ("accounts.tokens.AccessToken",),
}

SPECTACULAR_SETTINGS = {
    "TITLE": "Fitness API",
    "DESCRIPTION": "Exercises, routines and training history for fitness apps.",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "/api",
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "fitness_project.api.schema.answers_are_whole",
    ],
    "GET_LIB_DOC_EXCLUDES": "fitness_project.api.schema.internal_docs",
    # The page loads nothing from other hosts, not even a badge.
    "SWAGGER_UI_SETTINGS": {"validatorUrl": None, "persistAuthorization": True},
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request_id": {"()": "fitness_project.api.middleware.RequestIdFilter"}},
    "formatters": {
        "line": {"format": "%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s"}
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "filters": ["request_id"],
            "formatter": "line",
        }
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": [], "propagate": True},
        # A client's mistake is told to the client.
        "django.request": {"level": "ERROR"},
        "django.security": {"level": "CRITICAL"},
    },
}
