"""Bearer tokens: HS256 with this service's key, type `access`, not expired."""

from time import monotonic

from bson import ObjectId
from django.contrib.auth import get_user_model
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework_simplejwt.authentication import JWTAuthentication
from rest_framework_simplejwt.exceptions import AuthenticationFailed, InvalidToken

from fitness_project.api.fields import parse_object_id

MAX_AGE = 4.0
MAX_REMEMBERED = 10_000


class RememberedUsers:
    """Users by id, as the database told at most MAX_AGE seconds ago.

    A stream of requests with one token then costs one query every few seconds, and a user who
    was deactivated or deleted is out everywhere within five.
    """

    def __init__(self):
        self._users = {}

    def get(self, id: ObjectId):
        """The active user with this id, or None. Not to be changed: requests share it."""
        user, until = self._users.get(id, (None, 0.0))
        if until > monotonic():
            return user
        user = get_user_model().objects.filter(pk=id, is_active=True).first()
        if len(self._users) >= MAX_REMEMBERED:
            self._users.clear()
        self._users[id] = user, monotonic() + MAX_AGE
        return user

    def forget(self):
        self._users.clear()


remembered_users = RememberedUsers()


class BearerAuthentication(JWTAuthentication):
    def authenticate_header(self, request):
        return "Bearer"

    def get_user(self, validated_token):
        id = parse_object_id(validated_token.get("sub"))
        if id is None:
            raise InvalidToken("The token names no user.")
        user = remembered_users.get(id)
        if user is None:
            raise AuthenticationFailed("There is no such active user.", code="user_not_found")
        return user


class BearerScheme(OpenApiAuthenticationExtension):
    target_class = BearerAuthentication
    name = "bearer"

    def get_security_definition(self, auto_schema):
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
