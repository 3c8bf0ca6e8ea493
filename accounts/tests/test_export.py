import json

import pytest

from accounts.tests.calls import ME
from exercises.tests.factories import ExerciseFactory, entry

pytestmark = pytest.mark.django_db


def test_an_export_has_everything_that_belongs_to_the_user(api, ann, stranger):
    bench = ExerciseFactory()
    api.post("/api/routines", {"name": "Push", "exercises": [entry(bench)]})
    for day in (1, 2, 3):
        api.post("/api/history", {"date": f"2026-05-0{day}T10:00:00Z", "exercises": [entry(bench)]})

    response = api.get("/api/auth/export")

    assert response.streaming
    export = json.loads(b"".join(response.streaming_content))
    assert set(export) == {
        *("format", "version", "exportedAt"),
        *("user", "signIns", "routines", "history"),
    }
    assert [set(row) for row in export["signIns"]] == [
        {"id", "createdAt", "lastUsedAt", "userAgent", "ip"}
    ]
    assert export["user"] == api.get(ME).json()
    assert export["routines"] == api.get("/api/routines").json()["results"]
    by_id = {row["id"]: row for row in api.get("/api/history").json()["results"]}
    assert {row["id"]: row for row in export["history"]} == by_id
    empty = json.loads(b"".join(stranger.get("/api/auth/export").streaming_content))
    assert (empty["routines"], empty["history"]) == ([], [])
