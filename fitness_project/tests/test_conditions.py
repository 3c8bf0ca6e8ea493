"""ETags: no client gets again what it has, or overwrites a change that it hasn't seen."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from accounts.tests.factories import PASSWORD
from conftest import client_of
from exercises import services
from exercises.tests.factories import entry, some_operation
from fitness_project.database.deadline import paused
from fitness_project.documents.owned import OwnedDocuments
from fitness_project.tests.processes import PATIENCE_SECONDS
from history.tests.factories import SessionFactory
from routines.models import RoutineEntry
from routines.tests.factories import RoutineFactory, embedded

pytestmark = pytest.mark.django_db

KINDS = ("exercise", "routine", "session")
CHANGES = {
    "exercise": {"description": "Pull."},
    "routine": {"notes": "light"},
    "session": {"notes": "light"},
}


@pytest.fixture
def path(request, kind, ann, bench_press):
    match kind:
        case "exercise":
            return f"/api/exercises/{bench_press.pk}"
        case "routine":
            return f"/api/routines/{RoutineFactory(user=ann).pk}"
        case "session":
            return f"/api/history/{SessionFactory(user=ann).pk}"


@pytest.fixture
def client(kind, ann):
    if kind == "exercise":
        ann.is_staff = ann.is_superuser = True
        ann.save()
    return client_of(ann)


@pytest.mark.parametrize("kind", KINDS)
class TestADocument:
    def test_its_etag_is_strong_and_changes_when_it_does(self, client, path, kind):
        first, again = client.get(path)["ETag"], client.get(path)["ETag"]
        changed = client.patch(path, CHANGES[kind])

        assert first == again
        assert first.startswith('"')
        assert changed["ETag"] == client.get(path)["ETag"] != first

    @pytest.mark.parametrize("header", ["{}", 'W/{}, "other"', "*"])
    def test_a_client_that_has_it_gets_a_304(self, client, path, header):
        etag = client.get(path)["ETag"]

        response = client.get(path, headers={"If-None-Match": header.format(etag)})

        assert (response.status_code, response.content, response["ETag"]) == (304, b"", etag)

    def test_a_client_that_has_an_older_version_gets_the_current_one(self, client, path, kind):
        etag = client.get(path)["ETag"]
        client.patch(path, CHANGES[kind])

        assert client.get(path, headers={"If-None-Match": etag}).status_code == 200

    @pytest.mark.parametrize("verb", ["put", "patch", "delete"])
    def test_a_write_succeeds_if_the_etag_matches(self, client, path, kind, verb):
        present = client.get(path)
        body = None if verb == "delete" else {**present.json(), **CHANGES[kind]}

        done = getattr(client, verb)(path, body, headers={"If-Match": f'"x", {present["ETag"]}'})

        assert done.status_code in (200, 204)

    @pytest.mark.parametrize("verb", ["put", "patch", "delete"])
    @pytest.mark.parametrize("header", ["{}", "W/{}", '"5f0000000000000000000001"', "nonsense"])
    def test_a_write_is_a_412_if_it_has_changed(self, client, path, kind, verb, header):
        old = client.get(path)["ETag"]
        client.patch(path, CHANGES[kind])
        present = client.get(path)
        body = None if verb == "delete" else {**present.json(), "notes": "lost"}
        if kind == "exercise" and body:
            body["level"] = body.pop("notes")

        refused = getattr(client, verb)(path, body, headers={"If-Match": header.format(old)})

        assert (refused.status_code, refused.json()["code"]) == (412, "precondition_failed")
        assert client.get(path).json() == present.json()

    @pytest.mark.parametrize("verb", ["put", "patch", "delete"])
    def test_a_weak_etag_never_permits_a_write(self, client, path, kind, verb):
        present = client.get(path)
        body = None if verb == "delete" else {**present.json(), **CHANGES[kind]}
        weak = f"W/{present['ETag']}"

        refused = getattr(client, verb)(path, body, headers={"If-Match": weak})

        assert refused.status_code == 412
        assert client.get(path).json() == present.json()

    def test_an_etag_without_its_quotation_marks_is_a_412_that_says_so(self, client, path, kind):
        bare = client.get(path)["ETag"].strip('"')

        refused = client.patch(path, CHANGES[kind], headers={"If-Match": bare})

        assert refused.status_code == 412
        assert "in quotation marks" in refused.json()["detail"]

    def test_a_star_matches_any_version(self, client, path, kind):
        changed = client.patch(path, CHANGES[kind], headers={"If-Match": "*"})

        assert changed.status_code == 200

    def test_of_many_clients_with_the_same_version_one_writes(self, ann, client, path, kind):
        etag = client.get(path)["ETag"]
        field = next(iter(CHANGES[kind]))

        def write(n):
            change = {field: f"by {n}"}
            return client_of(ann).patch(path, change, headers={"If-Match": etag}).status_code

        with ThreadPoolExecutor(8) as threads:
            codes = sorted(threads.map(write, range(8)))

        assert codes == [200] + [412] * 7


class TestTheAccount:
    PATH = "/api/auth/me"

    def test_a_client_that_has_it_gets_a_304(self, api):
        etag = api.get(self.PATH)["ETag"]

        assert api.get(self.PATH, headers={"If-None-Match": etag}).status_code == 304

    def test_a_change_succeeds_if_the_etag_matches(self, api):
        etag = api.get(self.PATH)["ETag"]

        changed = api.patch(self.PATH, {"name": "Ann"}, headers={"If-Match": etag})

        assert changed.status_code == 200
        assert changed["ETag"] == api.get(self.PATH)["ETag"] != etag

    def test_a_change_is_a_412_if_it_has_changed(self, api):
        etag = api.get(self.PATH)["ETag"]
        api.patch(self.PATH, {"name": "Ann"})

        weak = f"W/{api.get(self.PATH)['ETag']}"

        for refused in (
            api.patch(self.PATH, {"name": "Eve"}, headers={"If-Match": etag}),
            api.patch(self.PATH, {"name": "Eve"}, headers={"If-Match": weak}),
            api.patch(self.PATH, {}, headers={"If-Match": etag}),
            api.delete(self.PATH, {"password": PASSWORD}, headers={"If-Match": etag}),
        ):
            assert refused.status_code == 412
            assert refused["ETag"] == weak.removeprefix("W/")
        assert api.get(self.PATH).json()["name"] == "Ann"


@pytest.mark.parametrize("kind", ["routine", "session"])
def test_an_etag_is_checked_in_the_write_itself(ann, client, path, kind, monkeypatch):
    etag = client.get(path)["ETag"]
    all_are_about_to_write, write = Barrier(8), OwnedDocuments._write
    first_writes = iter(range(8))

    def together(*args):
        if next(first_writes, None) is not None:
            with paused():
                all_are_about_to_write.wait(PATIENCE_SECONDS)
        return write(*args)

    def change(n):
        body, headers = {"notes": f"by {n}"}, {"If-Match": etag}
        return client_of(ann).patch(path, body, headers=headers).status_code

    monkeypatch.setattr(OwnedDocuments, "_write", together)
    with ThreadPoolExecutor(8) as threads:
        codes = sorted(threads.map(change, range(8)))

    assert codes == [200] + [412] * 7


@pytest.mark.parametrize("kind", ["routine", "session"])
def test_a_stranger_learns_nothing_by_an_etag(stranger, client, path):
    etag = client.get(path)["ETag"]

    for headers in ({"If-None-Match": etag}, {"If-None-Match": "*"}):
        assert stranger.get(path, headers=headers).status_code == 404
    assert stranger.delete(path, headers={"If-Match": etag}).status_code == 404
    assert stranger.delete(path, headers={"If-Match": '"x"'}).status_code == 404


def test_renaming_an_exercise_changes_the_etags_of_its_routines(api, ann, bench_press):
    routine = RoutineFactory(user=ann, exercises=[embedded(RoutineEntry, bench_press)])
    path = f"/api/routines/{routine.pk}"
    etag = api.get(path)["ETag"]

    services.change_exercise(some_operation(), bench_press.pk, {"name": "Barbell Bench Press"})

    assert api.get(path)["ETag"] != etag


def test_a_page_of_the_catalogue_has_an_etag(api, bench_press):
    path = "/api/exercises?search=bench"
    etag = api.get(path)["ETag"]

    known = api.get(path, headers={"If-None-Match": etag})
    services.change_exercise(some_operation(), bench_press.pk, {"level": "expert"})

    assert (known.status_code, known.content) == (304, b"")
    assert api.get(path, headers={"If-None-Match": etag}).status_code == 200


def test_a_post_returns_the_etag_too(api, bench_press):
    created = api.post("/api/routines", {"name": "Push", "exercises": [entry(bench_press)]})

    assert created["ETag"] == api.get(created["Location"])["ETag"]


def test_an_html_page_has_no_etag(api, ann):
    page = api.get(f"/api/routines/{RoutineFactory(user=ann).pk}", headers={"Accept": "text/html"})

    assert page.status_code == 200
    assert "ETag" not in page
