"""Permissions for a document guard every verb."""

import pytest
from django.db import connection
from rest_framework.permissions import BasePermission, IsAuthenticated

from exercises.tests.factories import ExerciseFactory
from exercises.views import ExerciseViewSet
from fitness_project.tests import described
from history.tests.factories import SessionFactory
from history.views import SessionViewSet
from routines.tests.factories import RoutineFactory
from routines.views import RoutineViewSet

VIEWS = {"exercises": ExerciseViewSet, "routines": RoutineViewSet, "history": SessionViewSet}


class NotThisOne(BasePermission):
    def has_object_permission(self, request, view, document):
        return False


@pytest.fixture(autouse=True)
def _the_schema_knows_nothing_of_made_up_permissions(monkeypatch):
    monkeypatch.setattr(described, "check", lambda view, response: None)


@pytest.fixture(params=VIEWS)
def kind(request):
    return request.param


@pytest.fixture
def path(kind, ann):
    match kind:
        case "exercises":
            document = ExerciseFactory()
        case "routines":
            document = RoutineFactory(user=ann)
        case "history":
            document = SessionFactory(user=ann)
    return f"/api/{kind}/{document.pk}"


@pytest.fixture
def client(kind, staff, api):
    return staff if kind == "exercises" else api


@pytest.mark.parametrize("others", [(), (IsAuthenticated,)])
@pytest.mark.parametrize("verb", ["get", "head", "put", "patch", "delete"])
def test_a_class_that_refuses_stops_every_verb(client, kind, path, verb, others, monkeypatch):
    body = None if verb in ("get", "head", "delete") else client.get(path).json()
    own = VIEWS[kind].permission_classes
    monkeypatch.setattr(VIEWS[kind], "permission_classes", (*others, *own, NotThisOne))
    before = list(connection.database[kind].find())

    response = getattr(client, verb)(path, body)

    assert response.status_code == 403
    assert list(connection.database[kind].find()) == before


@pytest.mark.parametrize("kind", ["routines", "history"])
def test_a_deletion_reads_nothing_if_the_filter_decides(client, path, command_log):
    client.get(path)
    command_log.clear()

    assert client.delete(path).status_code == 204
    assert "find" not in [name for name, _ in command_log]
