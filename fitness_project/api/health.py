"""For load balancers: is the process alive, and does the database respond?"""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.views import APIView

from fitness_project.database.outage import read_something


class StatusSerializer(serializers.Serializer):
    status = serializers.CharField()


class HealthView(APIView):
    """Returns 200 while the process is alive."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    @extend_schema(operation_id="health", responses=StatusSerializer)
    def get(self, request):
        return Response({"status": "ok"})


class ReadyView(HealthView):
    """Returns 200 if the database also responds, from its storage."""

    @extend_schema(operation_id="ready", responses=StatusSerializer)
    def get(self, request):
        read_something()
        return super().get(request)
