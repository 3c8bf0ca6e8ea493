"""ETags: what is known isn't sent again, and what has changed isn't overwritten unseen."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from pymongo.collection import Collection

from accounts.tests.factories import PASSWORD
from conftest import client_of
from exercises import services
from exercises.tests.factories import entry
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
        ann.is_staff = True
        ann.save()
    return client_of(ann)


@pytest.mark.parametrize("kind", KINDS)
class TestADocument:
    def test_it_has_a_strong_etag_that_changes_with_it(self, client, path, kind):
        first, again = client.get(path)["ETag"], client.get(path)["ETag"]
        changed = client.patch(path, CHANGES[kind])

        assert first == again
        assert first.startswith('"')
        assert changed["ETag"] == client.get(path)["ETag"] != first

    @pytest.mark.parametrize("asked", ["{}", 'W/{}, "other"', "*"])
    def test_a_client_that_has_it_gets_a_304(self, client, path, asked):
        etag = client.get(path)["ETag"]

        answer = client.get(path, headers={"If-None-Match": asked.format(etag)})

        assert (answer.status_code, answer.content, answer["ETag"]) == (304, b"", etag)

    def test_a_client_that_has_an_older_one_gets_it(self, client, path, kind):
        etag = client.get(path)["ETag"]
        client.patch(path, CHANGES[kind])

        assert client.get(path, headers={"If-None-Match": etag}).status_code == 200

    @pytest.mark.parametrize("verb", ["put", "patch", "delete"])
    def test_a_write_is_done_where_the_etag_holds(self, client, path, kind, verb):
        present = client.get(path)
        body = None if verb == "delete" else {**present.json(), **CHANGES[kind]}

        done = getattr(client, verb)(path, body, headers={"If-Match": f'"x", {present["ETag"]}'})

        assert done.status_code in (200, 204)

    @pytest.mark.parametrize("verb", ["put", "patch", "delete"])
    @pytest.mark.parametrize("asked", ["{}", "W/{}", '"5f0000000000000000000001"', "nonsense"])
    def test_and_not_where_it_has_changed(self, client, path, kind, verb, asked):
        old = client.get(path)["ETag"]
        client.patch(path, CHANGES[kind])
        present = client.get(path)
        body = None if verb == "delete" else {**present.json(), "notes": "lost"}
        if kind == "exercise" and body:
            body["level"] = body.pop("notes")

        refused = getattr(client, verb)(path, body, headers={"If-Match": asked.format(old)})

        assert (refused.status_code, refused.json()["code"]) == (412, "precondition_failed")
        assert client.get(path).json() == present.json()

    @pytest.mark.parametrize("verb", ["put", "patch", "delete"])
    def test_a_weak_etag_is_no_ground_to_write(self, client, path, kind, verb):
        present = client.get(path)
        body = None if verb == "delete" else {**present.json(), **CHANGES[kind]}
        weak = f"W/{present['ETag']}"

        refused = getattr(client, verb)(path, body, headers={"If-Match": weak})

        assert refused.status_code == 412
        assert client.get(path).json() == present.json()

    def test_any_will_do_for_a_star(self, client, path, kind):
        changed = client.patch(path, CHANGES[kind], headers={"If-Match": "*"})

        assert changed.status_code == 200

    def test_of_many_who_read_the_same_one_writes(self, ann, client, path, kind):
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

    def test_a_change_is_done_where_the_etag_holds(self, api):
        etag = api.get(self.PATH)["ETag"]

        changed = api.patch(self.PATH, {"name": "Ann"}, headers={"If-Match": etag})

        assert changed.status_code == 200
        assert changed["ETag"] == api.get(self.PATH)["ETag"] != etag

    def test_and_not_where_it_has_changed(self, api):
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
        assert api.get(self.PATH).json()["name"] == "Ann"


@pytest.mark.parametrize("kind", ["routine", "session"])
def test_an_etag_is_checked_in_the_write_itself(ann, client, path, kind, monkeypatch):
    etag = client.get(path)["ETag"]
    all_are_about_to_write, write = Barrier(8), Collection.update_one

    def together(collection, *args, **kwargs):
        if collection.name in ("routines", "history"):
            all_are_about_to_write.wait(10)
        return write(collection, *args, **kwargs)

    def change(n):
        body, headers = {"notes": f"by {n}"}, {"If-Match": etag}
        return client_of(ann).patch(path, body, headers=headers).status_code

    monkeypatch.setattr(Collection, "update_one", together)
    with ThreadPoolExecutor(8) as threads:
        codes = sorted(threads.map(change, range(8)))

    assert codes == [200] + [412] * 7


@pytest.mark.parametrize("kind", ["routine", "session"])
def test_a_strangers_etag_tells_nothing(stranger, client, path):
    etag = client.get(path)["ETag"]

    for headers in ({"If-None-Match": etag}, {"If-None-Match": "*"}):
        assert stranger.get(path, headers=headers).status_code == 404
    assert stranger.delete(path, headers={"If-Match": etag}).status_code == 404
    assert stranger.delete(path, headers={"If-Match": '"x"'}).status_code == 404


def test_a_renaming_changes_the_etags_of_routines(api, ann, bench_press):
    routine = RoutineFactory(user=ann, exercises=[embedded(RoutineEntry, bench_press)])
    path = f"/api/routines/{routine.pk}"
    etag = api.get(path)["ETag"]

    services.change_exercise(bench_press.pk, {"name": "Barbell Bench Press"})

    assert api.get(path)["ETag"] != etag


def test_lists_of_the_catalogue_have_an_etag(api, bench_press):
    path = "/api/exercises?search=bench"
    etag = api.get(path)["ETag"]

    known = api.get(path, headers={"If-None-Match": etag})
    services.change_exercise(bench_press.pk, {"level": "expert"})

    assert (known.status_code, known.content) == (304, b"")
    assert api.get(path, headers={"If-None-Match": etag}).status_code == 200


def test_a_post_answers_the_etag_too(api, bench_press):
    made = api.post("/api/routines", {"name": "Push", "exercises": [entry(bench_press)]})

    assert made["ETag"] == api.get(made["Location"])["ETag"]


def test_a_browsers_page_has_none(api, ann):
    page = api.get(f"/api/routines/{RoutineFactory(user=ann).pk}", headers={"Accept": "text/html"})

    assert page.status_code == 200
    assert "ETag" not in page
