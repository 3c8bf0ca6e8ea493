"""Keys, passwords, hosts, origins, cookies and limits."""

from ipaddress import ip_network

from corsheaders.defaults import default_headers
from django.core.exceptions import ImproperlyConfigured

from .base import MONGODB_URI, VAR_DIR
from .environment import comma_separated, switch, text, whole_number
from .origins import origins
from .secret_key import kept_secret_key

if MONGODB_URI and not text("SECRET_KEY"):
    raise ImproperlyConfigured(
        "SECRET_KEY must be set when MONGODB_URI is: every machine that serves must share one key."
    )
SECRET_KEY = text("SECRET_KEY") or kept_secret_key(VAR_DIR)
SECRET_KEY_FALLBACKS = comma_separated("SECRET_KEY_FALLBACKS")
if any(len(key.encode()) < 32 for key in [SECRET_KEY, *SECRET_KEY_FALLBACKS]):
    raise ImproperlyConfigured(
        "SECRET_KEY and each key in SECRET_KEY_FALLBACKS must have at least 32 bytes."
    )

ALLOWED_HOSTS = comma_separated("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
TRUSTED_PROXIES = comma_separated("TRUSTED_PROXIES")
try:
    [ip_network(network, strict=False) for network in TRUSTED_PROXIES]
except ValueError as error:
    raise ImproperlyConfigured(f"TRUSTED_PROXIES: {error}.") from None
SESSION_ENGINE = "accounts.signing_in.browser_sessions"
# Behind a proxy that terminates TLS, browsers use https only.
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = bool(TRUSTED_PROXIES)
CSRF_FAILURE_VIEW = "fitness_project.api.problems.handlers.csrf_failure"
X_FRAME_OPTIONS = "DENY"

CORS_ALLOWED_ORIGINS = origins("CORS_ALLOWED_ORIGINS")
CORS_URLS_REGEX = r"^/api"
CORS_ALLOW_HEADERS = (
    *default_headers,
    "idempotency-key",
    "if-match",
    "if-none-match",
    "prefer",
    "x-request-id",
    *("traceparent", "tracestate", "baggage"),  # Which tools for tracing add to every request.
)
CORS_EXPOSE_HEADERS = [
    *("Content-Disposition", "ETag", "Idempotent-Replayed", "Location", "Retry-After"),
    "X-Request-Id",
]

MEBIBYTE = 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = MEBIBYTE  # Of a body without its files.
# The bodies of calls that take a file: the longest file, and the form around it.
MAX_IMPORT = 16 * MEBIBYTE
LONG_BODIES = {"/admin/exercises/exercise/import/": MAX_IMPORT + MEBIBYTE}
FILE_UPLOAD_MAX_MEMORY_SIZE = MAX_IMPORT  # The body is in memory anyway, and the disk may be full.
DEFAULT_EXCEPTION_REPORTER_FILTER = "fitness_project.settings.debug_pages.SettingsFilter"

REGISTRATION_CLOSED = switch("REGISTRATION_CLOSED")
# Accounts that one IP address may create within a day. 0 means any number.
REGISTRATIONS_PER_IP = whole_number("REGISTRATIONS_PER_IP", 0, 0, 1_000_000)

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.EmailBackend"]  # Browser sessions name it.
PASSWORD_RESET_TIMEOUT = 60 * 60
PASSWORD_HASHERS = [
    "accounts.signing_in.hashers.PasswordHasher",
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
LOGIN_REDIRECT_URL = LOGOUT_REDIRECT_URL = "/"
