"""For load balancers: does the process live, does the database answer?"""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.views import APIView

from fitness_project.api.outage import read_something


class StatusSerializer(serializers.Serializer):
    status = serializers.CharField()


class HealthView(APIView):
    """The process lives."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    @extend_schema(operation_id="health", responses=StatusSerializer)
    def get(self, request):
        return Response({"status": "ok"})


class ReadyView(HealthView):
    """The database answers from its storage."""

    @extend_schema(operation_id="ready", responses=StatusSerializer)
    def get(self, request):
        read_something()
        return super().get(request)
