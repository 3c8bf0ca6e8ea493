"""Health checks for load balancers: is the process alive, and does the database respond?"""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from fitness_project.database.outage import read_something


class StatusSerializer(serializers.Serializer):
    status = serializers.CharField()


class HealthView(APIView):
    """Responds with 200 while the process is alive."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    @extend_schema(operation_id="health", responses=StatusSerializer)
    def get(self, request: Request) -> Response:
        return Response({"status": "ok"})


class ReadyView(HealthView):
    """Responds with 200 if the database can read from its storage, too."""

    @extend_schema(operation_id="ready", responses=StatusSerializer)
    def get(self, request: Request) -> Response:
        read_something()
        return super().get(request)
