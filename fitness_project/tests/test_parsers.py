"""Whatever a client sends where a header or a token is read, no response is a 500."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exercises.tests.factories import entry
from routines.tests.factories import RoutineFactory

pytestmark = pytest.mark.django_db

# As a WSGI server passes them on: any byte, decoded as Latin-1.
headers = st.text(st.characters(max_codepoint=255, exclude_characters="\r\n"), max_size=300)
etags = st.lists(
    st.sampled_from(['"', "W/", "*", ",", " ", "5f00", "5f0000000000000000000001", '"a"'])
    | headers,
    max_size=6,
).map("".join)
quick = settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@given(value=etags, name=st.sampled_from(["If-Match", "If-None-Match"]))
@quick
def test_any_condition_is_understood_or_ignored(api, ann, value, name):
    path = f"/api/routines/{RoutineFactory(user=ann, exercises=[]).pk}"

    assert api.get(path, headers={name: value}).status_code in (200, 304)
    assert api.patch(path, {"notes": "x"}, headers={name: value}).status_code in (200, 412)


@given(key=headers)
@quick
def test_any_idempotency_key_is_valid_or_a_400(api, bench_press, key):
    body = {"name": "Push", "exercises": [entry(bench_press)]}

    response = api.post("/api/routines", body, headers={"Idempotency-Key": key})

    is_valid = 1 <= len(key) <= 255 and all("!" <= character <= "~" for character in key)
    assert response.status_code == (201 if is_valid else 400)


@pytest.fixture
def token(api):
    return api.get("/api/sync").json()["next"]


@given(data=st.data())
@quick
def test_any_token_or_cursor_is_valid_or_a_400(api, token, data):
    real = data.draw(st.sampled_from([token, "", "a:b:c"]))
    cut = data.draw(st.integers(0, len(real)))
    value = (
        real[:cut] + data.draw(st.text(max_size=30)) + real[cut + data.draw(st.integers(1, 3)) :]
    )

    for path in ("/api/sync?since", "/api/routines?cursor", "/api/exercises?cursor"):
        path, name = path.split("?")
        assert api.get(path, {name: value}).status_code in (200, 400)
