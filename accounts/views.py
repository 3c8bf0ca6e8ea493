from django.db import IntegrityError
from drf_spectacular.utils import extend_schema
from rest_framework import generics, status
from rest_framework.permissions import AllowAny
from rest_framework.response import Response

from fitness_project.api.errors import FieldRefused

from .models import User
from .serializers import LoginSerializer, RegisterSerializer, SignInSerializer, sign_in


class SignInView(generics.GenericAPIView):
    """Open to anybody: a stale token sent along must not stand in the way."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    def get_authenticate_header(self, request):
        """Without it a wrong password would be a 403."""
        return "Bearer"

    def get_valid(self):
        serializer = self.get_serializer(data=self.request.data)
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data


class RegisterView(SignInView):
    """Makes an account and signs it in."""

    serializer_class = RegisterSerializer

    @extend_schema(responses={201: SignInSerializer})
    def post(self, request):
        try:
            user = User.objects.create_user(**self.get_valid())
        except IntegrityError:
            raise FieldRefused("email", "This e-mail is taken.", "unique") from None
        return Response(sign_in(user), status.HTTP_201_CREATED)


class LoginView(SignInView):
    """Signs in with e-mail and password."""

    serializer_class = LoginSerializer
    problem_codes = {"POST": ["401"]}

    @extend_schema(responses=SignInSerializer)
    def post(self, request):
        return Response(sign_in(self.get_valid()["user"]))
