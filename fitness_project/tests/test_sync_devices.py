"""Several devices of one user and a curator, all at once: every device ends up to date."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.tests.factories import UserFactory
from conftest import client_of
from exercises.tests.factories import CuratorFactory, ExerciseFactory, entry
from fitness_project.documents import changes as feed

from .device import Device

pytestmark = pytest.mark.django_db

IDS = [f"5f00000000000000000000{n:02x}" for n in range(5)]
PATHS = ("/api/routines", "/api/history")
INPUT = {"/api/routines": {"name": "Push"}, "/api/history": {"date": "2026-05-01T10:00:00Z"}}
numbers = st.integers(0, 4)
steps = st.one_of(
    st.tuples(st.just("create"), st.sampled_from(PATHS), numbers),
    st.tuples(st.just("change"), st.sampled_from(PATHS), numbers),
    st.tuples(st.just("delete"), st.sampled_from(PATHS), numbers),
    st.tuples(
        st.sampled_from(["rename", "archive", "create_exercise", "delete_exercise"]), numbers
    ),
    st.just(("sync",)),
)
scripts = st.lists(st.lists(steps, min_size=3, max_size=12), min_size=2, max_size=4)


class World:
    """A user with several devices, and a curator, who all change things at once."""

    def __init__(self):
        self.user = client_of(user := UserFactory())
        self.staff = client_of(CuratorFactory())
        self.exercises = [ExerciseFactory() for _ in range(5)]
        self.prefix = str(user.pk)[-10:]
        self.count = 0

    def play(self, script):
        device = Device(self.user)
        for step, *arguments in script:
            self.count += 1
            response = getattr(self, step)(device, *arguments)
            assert response is None or response.status_code != 500, response.content
        return device

    def document_id(self, number):
        return f"{self.prefix}{IDS[number][10:]}"

    def create(self, _, path, number):
        entries = [entry(self.exercises[(number + n) % 5]) for n in range(2)]
        body = {**INPUT[path], "id": self.document_id(number), "exercises": entries}
        return self.user.post(path, body)

    def change(self, _, path, number):
        return self.user.patch(
            f"{path}/{self.document_id(number)}", {"notes": f"note {self.count}"}
        )

    def delete(self, _, path, number):
        return self.user.delete(f"{path}/{self.document_id(number)}")

    def rename(self, _, number):
        return self._patch_exercise(number, {"name": f"{self.prefix} {number} {self.count}"})

    def archive(self, _, number):
        return self._patch_exercise(number, {"isArchived": bool(self.count % 2)})

    def create_exercise(self, _, number):
        return self.staff.post("/api/exercises", {"name": f"New {self.prefix} {number}"})

    def delete_exercise(self, _, number):
        return self.staff.delete(f"/api/exercises/{self.exercises[number].pk}")

    def sync(self, device):
        device.sync()

    def _patch_exercise(self, number, change):
        return self.staff.patch(f"/api/exercises/{self.exercises[number].pk}", change)


@pytest.mark.parametrize("named", [1, 5, 32])
@given(scripts=scripts, page=st.sampled_from([1, 2, 100]))
@settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_every_device_ends_with_what_the_server_has(monkeypatch, named, scripts, page):
    monkeypatch.setattr(feed, "MAX_NAMED", named)
    monkeypatch.setattr(feed, "PAGE", page)
    world = World()
    with ThreadPoolExecutor(len(scripts) + 1) as threads:
        devices = list(threads.map(world.play, scripts))

    for device in devices:
        assert device.sync().is_as_the_server()
