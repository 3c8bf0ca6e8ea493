"""Bearer tokens: HS256 with this service's key, type `access`, not expired, of a live sign-in."""

from time import monotonic

from django.contrib.auth import get_user_model
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework_simplejwt.authentication import JWTAuthentication
from rest_framework_simplejwt.exceptions import AuthenticationFailed

from .models import SignIn

MAX_AGE = 4.0
MAX_REMEMBERED = 10_000


class RememberedPrincipals:
    """Who a sign-in is, as the database told at most MAX_AGE seconds ago.

    A stream of requests with one token then costs two queries every few seconds, and what ends a
    sign-in (logout, a changed password, deactivation, deletion) holds everywhere within five.
    """

    def __init__(self):
        self._users = {}

    def get(self, sign_in_id, user_id):
        """The active user of the live sign-in, or None. Requests share it: it is not to change."""
        key = sign_in_id, user_id
        user, until = self._users.get(key, (None, 0.0))
        if until > monotonic():
            return user
        asked = monotonic()
        user = self._load(sign_in_id, user_id)
        if len(self._users) >= MAX_REMEMBERED:
            self._users.clear()
        self._users[key] = user, asked + MAX_AGE
        return user

    def forget(self):
        self._users.clear()

    @staticmethod
    def _load(sign_in_id, user_id):
        sign_in = SignIn.objects.documents.collection.find_one({"_id": sign_in_id}, {"userId": 1})
        if sign_in is None or sign_in["userId"] != user_id:
            return None
        return get_user_model().objects.filter(pk=user_id, is_active=True).first()


remembered_principals = RememberedPrincipals()


class BearerAuthentication(JWTAuthentication):
    def authenticate_header(self, request):
        return "Bearer"

    def get_user(self, validated_token):
        user = remembered_principals.get(validated_token.sign_in_id, validated_token.user_id)
        if user is None:
            raise AuthenticationFailed("This sign-in is over.", code="sign_in_over")
        return user


class BearerScheme(OpenApiAuthenticationExtension):
    target_class = BearerAuthentication
    name = "bearer"

    def get_security_definition(self, auto_schema):
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
