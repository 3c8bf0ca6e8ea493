"""Addresses, apps, middleware, database and e-mail."""

import os
import re
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from environ import Env

from .environment import from_url, switch, text, whole_number
from .mongodb import CONCERNS, checked_uri

BASE_DIR = Path(__file__).resolve().parents[2]
VAR_DIR = Path(text("VAR_DIR") or BASE_DIR / "var").resolve()
DEBUG = switch("DEBUG")

HOST = text("HOST", "127.0.0.1")
try:
    ip_address(HOST)
except ValueError:
    raise ImproperlyConfigured(
        f"HOST must be an IP address, such as 127.0.0.1 or 0.0.0.0, not {HOST!r}."
    ) from None
PORT = whole_number("PORT", 8000, 1, 65535)
WORKERS = whole_number("WORKERS", os.cpu_count() or 1, 1, 1024)
SHUTDOWN_SECONDS = whole_number("SHUTDOWN_SECONDS", 30, 2, 3600)

INSTALLED_APPS = [
    "accounts",  # First, so that its createsuperuser replaces Django's.
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
    "fitness_project.tasks",
    "exercises",
    "routines",
    "history",
]

MIDDLEWARE = [
    "fitness_project.serving.request_ids.RequestIdMiddleware",
    "fitness_project.serving.addresses.ForwardedProtoMiddleware",
    "fitness_project.serving.deadline.DatabaseDeadlineMiddleware",
    # Calls with a token skip what follows, up to the next of the project's own middleware.
    "fitness_project.serving.token_calls.TokenCallMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "fitness_project.api.problems.handlers.ProblemMiddleware",
]

ROOT_URLCONF = "fitness_project.urls"
WSGI_APPLICATION = "fitness_project.serving.wsgi.application"
# Paths work with and without a trailing slash, so nothing is redirected.
APPEND_SLASH = False

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

MONGODB_URI = checked_uri(text("MONGODB_URI"))
MONGODB_NAME = text("MONGODB_NAME", "fitness")
if not re.fullmatch(r"[\w-]{1,63}", MONGODB_NAME, re.ASCII):
    raise ImproperlyConfigured(
        "MONGODB_NAME must consist of 1 to 63 letters, digits, hyphens and underscores."
    )
DATABASE: dict[str, Any] = {
    "NAME": MONGODB_NAME,
    # Short enough for clients to get a 503 within five seconds.
    "OPTIONS": {"serverSelectionTimeoutMS": 2000, "connectTimeoutMS": 2000, **CONCERNS},
}
if MONGODB_URI:
    DATABASE |= {"ENGINE": "django_mongodb_backend", "HOST": MONGODB_URI}
else:
    DATABASE |= {"ENGINE": "fitness_project.database.embedded", "VAR_DIR": VAR_DIR}
DATABASES = {"default": DATABASE}
DATABASE_ROUTERS = ["django_mongodb_backend.routers.MongoRouter"]
DEFAULT_AUTO_FIELD = "django_mongodb_backend.fields.ObjectIdAutoField"
MIGRATION_MODULES = {
    "admin": "fitness_project.mongo_migrations.admin",
    "auth": "fitness_project.mongo_migrations.auth",
    "contenttypes": "fitness_project.mongo_migrations.contenttypes",
}

TASKS = {"default": {"BACKEND": "fitness_project.tasks.backend.DatabaseBackend"}}

if text("EMAIL_URL"):
    vars().update(from_url("EMAIL_URL", Env.email_url_config))
else:
    EMAIL_BACKEND = "accounts.mail_files.EmailBackend"
    EMAIL_FILE_PATH = VAR_DIR / "mail"
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = text("EMAIL_FROM", "fitness@localhost")

LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
USE_I18N = False
USE_TZ = True
FORMAT_MODULE_PATH = "fitness_project.formats"
STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "fitness_project.static_files.VersionedStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_IMMUTABLE_FILE_TEST = r"^/static/[0-9a-f]{64}/"
