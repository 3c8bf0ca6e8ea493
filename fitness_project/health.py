"""For load balancers: does the process live, does the database answer?"""

from django.db import connection
from django.http import JsonResponse
from django.views.decorators.http import require_safe

from fitness_project.api.problems import Unavailable, is_outage, plain_answer


@require_safe
def healthz(request):
    return JsonResponse({"status": "ok"})


@require_safe
def readyz(request):
    try:
        connection.ensure_connection()
        connection.database.command("ping")
    except Exception as error:
        if not is_outage(error):
            raise
        return plain_answer(Unavailable())
    return JsonResponse({"status": "ok"})
