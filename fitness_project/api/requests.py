from django.contrib.auth.base_user import AbstractBaseUser
from rest_framework.request import Request


class SignedInRequest(Request):
    """For annotations: a request that has passed IsAuthenticated, so its user isn't anonymous."""

    user: AbstractBaseUser
