"""Which role may use which verb on which path."""

import pytest
from bson import ObjectId
from rest_framework.test import APIClient

from accounts.tests.factories import UserFactory
from conftest import client_of
from exercises.tests.factories import ExerciseFactory, entry
from history.tests.factories import SessionFactory
from routines.models import Routine
from routines.tests.factories import RoutineFactory

NAMES = ("anonymous", "stranger", "staff", "api")

# path, verb -> status for: anonymous, a stranger, staff, the owner
MATRIX = {
    ("/api/exercises", "get"): (401, 200, 200, 200),
    ("/api/exercises", "post"): (401, 403, 201, 403),
    ("/api/exercises", "put"): (401, 403, 405, 403),
    ("/api/exercises", "delete"): (401, 403, 405, 403),
    ("/api/exercises/facets", "get"): (401, 200, 200, 200),
    ("/api/exercises/export", "get"): (401, 403, 400, 403),
    ("/api/exercises/export", "post"): (401, 403, 405, 403),
    ("/api/exercises/export?format=json", "get"): (401, 403, 200, 403),
    ("/api/exercises/export?format=csv", "head"): (401, 403, 200, 403),
    ("/api/exercises/{exercise}", "get"): (401, 200, 200, 200),
    ("/api/exercises/{exercise}", "put"): (401, 403, 200, 403),
    ("/api/exercises/{exercise}", "patch"): (401, 403, 200, 403),
    ("/api/exercises/{exercise}", "delete"): (401, 403, 204, 403),
    ("/api/exercises/{exercise}", "options"): (401, 200, 200, 200),
    ("/api/exercises/{exercise}/merge", "post"): (401, 403, 400, 403),
    ("/api/exercises/{exercise}/merge", "get"): (401, 403, 405, 403),
    ("/api/routines/{routine}", "options"): (401, 200, 200, 200),
    ("/api/routines/{routine}", "head"): (401, 404, 404, 200),
    ("/api/exercises/{exercise}", "post"): (401, 403, 405, 403),
    ("/api/routines", "get"): (401, 200, 200, 200),
    ("/api/routines", "post"): (401, 201, 201, 201),
    ("/api/routines", "patch"): (401, 405, 405, 405),
    ("/api/routines/{routine}", "get"): (401, 404, 404, 200),
    ("/api/routines/{routine}", "put"): (401, 404, 404, 200),
    ("/api/routines/{routine}", "patch"): (401, 404, 404, 200),
    ("/api/routines/{routine}", "delete"): (401, 404, 404, 204),
    ("/api/history", "get"): (401, 200, 200, 200),
    ("/api/history", "post"): (401, 201, 201, 201),
    ("/api/history", "delete"): (401, 405, 405, 405),
    ("/api/history/{session}", "get"): (401, 404, 404, 200),
    ("/api/history/{session}", "put"): (401, 404, 404, 200),
    ("/api/history/{session}", "patch"): (401, 404, 404, 200),
    ("/api/history/{session}", "delete"): (401, 404, 404, 204),
    ("/api/auth/me", "get"): (401, 200, 200, 200),
    ("/api/auth/me", "put"): (401, 405, 405, 405),
    ("/api/auth/me", "patch"): (401, 200, 200, 200),
    ("/api/auth/me", "delete"): (401, 400, 400, 400),
    ("/api/auth/password", "post"): (401, 400, 400, 400),
    ("/api/auth/email", "post"): (401, 400, 400, 400),
    ("/api/auth/email", "get"): (401, 405, 405, 405),
    ("/api/auth/email/confirm", "post"): (400, 400, 400, 400),
    ("/api/auth/logout", "post"): (400, 400, 400, 400),
    ("/api/auth/sessions", "get"): (401, 200, 200, 200),
    ("/api/auth/sessions", "delete"): (401, 204, 204, 204),
    ("/api/auth/sessions/{routine}", "delete"): (401, 404, 404, 404),
    ("/api/auth/export", "get"): (401, 200, 200, 200),
    ("/api/auth/refresh", "post"): (400, 400, 400, 400),
    ("/api/auth/register", "post"): (400, 400, 400, 400),
    ("/api/auth/login", "get"): (405, 405, 405, 405),
    ("/api/auth/password/reset", "post"): (400, 400, 400, 400),
    ("/api/auth/password/reset/confirm", "post"): (400, 400, 400, 400),
    ("/", "get"): (200, 200, 200, 200),
    ("/api", "get"): (200, 200, 200, 200),
    ("/api", "post"): (405, 405, 405, 405),
    ("/api/schema", "get"): (200, 200, 200, 200),
    ("/api/docs", "get"): (200, 200, 200, 200),
    ("/api/docs/errors", "get"): (200, 200, 200, 200),
    ("/api/docs/guide", "get"): (200, 200, 200, 200),
    ("/healthz", "get"): (200, 200, 200, 200),
    ("/healthz", "post"): (405, 405, 405, 405),
    ("/api/schema", "delete"): (405, 405, 405, 405),
    ("/api/docs", "post"): (405, 405, 405, 405),
    ("/readyz", "get"): (200, 200, 200, 200),
    ("/api/nothing", "get"): (404, 404, 404, 404),
}


@pytest.fixture
def ids(ann):
    return {
        "exercise": ExerciseFactory().pk,
        "routine": RoutineFactory(user=ann).pk,
        "session": SessionFactory(user=ann).pk,
    }


def body_for(path, bench_press):
    if "auth" in path:
        return {}
    if "exercises" in path:
        return {"name": "Something New"}
    entries = {"exercises": [entry(bench_press)]}
    if "routines" in path:
        return {"name": "Push", **entries}
    return {"date": "2026-05-02T10:00:00Z", **entries}


@pytest.mark.parametrize("role", NAMES)
@pytest.mark.parametrize(("path", "verb"), MATRIX)
def test_roles_and_verbs(request, ids, bench_press, path, verb, role):
    client = request.getfixturevalue(role)
    body = None if verb in ("get", "head") else body_for(path, bench_press)

    response = getattr(client, verb)(path.format(**ids), body)

    assert response.status_code == MATRIX[path, verb][NAMES.index(role)]
    if response.status_code >= 400 and verb != "head":
        assert response.json()["status"] == response.status_code


def browser_of(user):
    """Signed in with a session of Django's."""
    client = APIClient()
    client.force_login(user)
    return client


@pytest.mark.parametrize("sign_in", [client_of, browser_of])
@pytest.mark.parametrize("is_staff", [False, True])
@pytest.mark.parametrize(("path", "verb"), MATRIX)
def test_a_browser_gets_no_500(ann, ids, bench_press, path, verb, is_staff, sign_in):
    user = UserFactory(is_staff=True) if is_staff else ann
    body = None if verb in ("get", "head") else body_for(path, bench_press)

    response = getattr(sign_in(user), verb)(
        path.format(**ids), body, headers={"accept": "text/html"}
    )

    assert response.status_code < 500


@pytest.mark.parametrize("verb", ["get", "put", "patch", "delete"])
@pytest.mark.parametrize("kind", ["routines/{routine}", "history/{session}"])
def test_another_users_document_looks_like_one_that_does_not_exist(
    stranger, ids, bench_press, kind, verb
):
    foreign = f"/api/{kind.format(**ids)}"
    missing = f"/api/{kind.split('/')[0]}/{ObjectId()}"
    body = None if verb == "get" else body_for(kind, bench_press)

    responses = [getattr(stranger, verb)(path, body) for path in (foreign, missing)]

    bodies = [{**response.json(), "requestId": None} for response in responses]
    assert bodies[0] == bodies[1]
    assert bodies[0]["status"] == 404
    assert bodies[0]["detail"] in (
        "There is no routine with this id.",
        "There is no session with this id.",
    )


def test_an_invalid_body_does_not_reveal_another_users_document(stranger, ids):
    response = stranger.put(f"/api/routines/{ids['routine']}", {"name": 5})

    assert response.status_code == 404


def test_lists_hold_only_the_users_own_documents(api, stranger, ids):
    assert [row["id"] for row in api.get("/api/routines").json()["results"]] == [
        str(ids["routine"])
    ]
    assert [row["id"] for row in api.get("/api/history").json()["results"]] == [str(ids["session"])]

    assert stranger.get("/api/routines").json()["results"] == []
    assert stranger.get("/api/history").json()["results"] == []


def test_a_strangers_routine_cannot_be_named_in_a_session(stranger, ids, bench_press):
    body = {**body_for("history", bench_press), "routineId": str(ids["routine"])}

    response = stranger.post("/api/history", body)

    assert response.status_code == 400
    assert response.json()["errors"][0]["pointer"] == "/routineId"


@pytest.mark.parametrize("field", ["userId", "user", "_id"])
def test_the_owner_cannot_be_chosen(api, ids, bench_press, field):
    body = {**body_for("routines", bench_press), field: str(ObjectId())}

    response = api.post("/api/routines", body)

    assert response.status_code == 400
    assert response.json()["errors"][0]["pointer"] == f"/{field}"
    assert Routine.objects.count() == 1


@pytest.mark.parametrize("path", ["/api/exercises", "/api/routines", "/api/history", "/api"])
def test_a_path_works_with_and_without_a_trailing_slash(api, path):
    assert api.get(path).status_code == 200
    assert api.get(f"{path}/").status_code == 200


@pytest.mark.parametrize("invalid", ["1", "z" * 24, "a" * 23, "a" * 25, "%00", "ab cd" * 5, "null"])
@pytest.mark.parametrize("kind", ["exercises", "routines", "history"])
def test_an_invalid_id_is_a_404(api, kind, invalid):
    assert api.get(f"/api/{kind}/{invalid}").status_code == 404
    assert api.delete(f"/api/{kind}/{invalid}").status_code in (404, 403)
