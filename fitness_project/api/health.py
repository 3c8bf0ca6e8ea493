"""Health checks for load balancers: is the process alive, and does the database respond?"""

from django.db import OperationalError
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from fitness_project.database.outage import database_responds

from .http.renderers import DocumentJSONRenderer

# With the half second that PyMongo may be late, less than one.
SECONDS = 0.45


class StatusSerializer(serializers.Serializer):
    status = serializers.CharField()


class HealthView(APIView):
    """Responds with 200 while the process is alive, whatever the request's Host header says."""

    renderer_classes = (DocumentJSONRenderer,)
    authentication_classes = ()
    permission_classes = (AllowAny,)

    @extend_schema(operation_id="getHealth", responses=StatusSerializer)
    def get(self, request: Request) -> Response:
        return Response({"status": "ok"})


class ReadyView(HealthView):
    """Responds within a second: with 200 if the database can read from its storage, too."""

    @extend_schema(operation_id="getReadiness", responses=StatusSerializer)
    def get(self, request: Request) -> Response:
        if not database_responds(SECONDS):
            raise OperationalError("it doesn't respond to a health check")
        return super().get(request)
