"""The examples in the docs: what the service really responds.

`make examples` records them anew.
"""

import json
import os
import re
from contextlib import contextmanager
from datetime import timedelta

import pytest
import time_machine
from django.core import mail

from accounts.signing_in.tokens import AccessToken
from accounts.tests.factories import PASSWORD, SignInFactory
from exercises.tests.factories import CuratorFactory
from fitness_project.api.schema.examples import RECORDED

from .recording import Recorder

START = "2026-11-22T18:00:00Z"
BENCH_PRESS = {
    "name": "Barbell Bench Press",
    "description": "Lower the bar to the lower chest, then press it back over the shoulders.",
    "defaultSets": 4,
    "defaultReps": 6,
    "category": "powerlifting",
    "equipment": "barbell",
    "level": "intermediate",
    "primaryMuscles": ["chest"],
    "secondaryMuscles": ["shoulders", "triceps"],
}
DIP = {"name": "Chest Dip", "equipment": "body only", "primaryMuscles": ["chest"]}
ANN = {"email": "ann@example.com", "password": PASSWORD, "name": "Ann"}
NEW_EMAIL = "ann@example.org"
EXERCISE, ROUTINE, SESSION = "/api/exercises/{id}", "/api/routines/{id}", "/api/history/{id}"
MISSING = "0" * 24


class Walk(Recorder):
    """A whole app's life, in which each call takes a second."""

    def __init__(self, travel):
        super().__init__()
        self.travel = travel
        self.curator = CuratorFactory(email="curator@example.com")

    def call(self, *args, **kwargs):
        self.travel.shift(timedelta(seconds=1))
        return super().call(*args, **kwargs)

    @contextmanager
    def as_curator(self):
        mine, self.token = (
            self.token,
            str(AccessToken.of(SignInFactory.document(user=self.curator))),
        )
        yield
        self.token = mine

    def use(self, pair):
        self.token = pair["access"]
        return pair["refresh"]

    def everything(self):
        with self.as_curator():
            self.catalogue_is_filled()
        self.account_is_created()
        self.catalogue_is_read()
        self.routine_is_planned()
        self.session_is_recorded()
        self.copy_is_kept()
        self.account_is_looked_after()
        with self.as_curator():
            self.catalogue_is_tidied()
        self.documents_are_deleted()
        self.email_is_changed()
        self.password_is_reset()
        self.account_is_deleted()
        self.password_is_guessed()
        self.health_is_checked()

    def catalogue_is_filled(self):
        path = "/api/exercises"
        self.press = self.call("A new exercise", "POST", path, BENCH_PRESS)["id"]
        self.call("A name that is taken", "POST", path, {"name": "barbell  bench press"})
        self.dip = self.call("A name is enough", "POST", path, DIP)["id"]
        self.double = self.call(None, "POST", path, {"name": "Dips, Chest"})["id"]
        self.unused = self.call(None, "POST", path, {"name": "Thruster"})["id"]
        self.call("Change two fields", "PATCH", EXERCISE, {"level": "expert"}, id=self.dip)
        self.call("Not a level", "PATCH", EXERCISE, {"level": 3}, id=self.dip)
        whole = {**DIP, "level": "expert", "defaultSets": 3}
        self.call("Replace all fields", "PUT", EXERCISE, whole, id=self.dip)
        self.call("No name", "PUT", EXERCISE, {"level": "expert"}, id=self.dip)

    def account_is_created(self):
        path = "/api/auth/register"
        self.use(self.call("A new account", "POST", path, ANN))
        weak = {"email": "ann at example.com", "password": "12345678"}
        self.token = None
        self.call("Fields that are not valid", "POST", path, weak)
        self.call("An e-mail address that is taken", "POST", path, ANN)
        credentials = {"email": ANN["email"], "password": PASSWORD}
        path = "/api/auth/login"
        pair = self.call("Sign in", "POST", path, credentials)
        self.call("A wrong password", "POST", path, {**credentials, "password": "wrong horse 9"})
        path = "/api/auth/refresh"
        self.refresh = self.use(
            self.call("The next pair", "POST", path, {"refresh": pair["refresh"]})
        )
        self.call("Not a refresh token", "POST", path, {"refresh": "x"})

    def catalogue_is_read(self):
        path = "/api/exercises"
        query = "search=bench&equipment=barbell&pageSize=20"
        self.call("A search with a filter", "GET", path, query=query)
        self.call("The first page of one exercise", "GET", path, query="pageSize=1")
        self.call("A misspelt filter", "GET", path, query="equipement=barbell")
        self.call("One exercise", "GET", EXERCISE, id=self.press)
        self.call("No such exercise", "GET", EXERCISE, id=MISSING)
        self.call("Values and counts", "GET", "/api/exercises/facets", query="muscle=chest")
        self.call("Only for curators", "POST", path, DIP)

    def routine_is_planned(self):
        path = "/api/routines"
        entry = {"exerciseId": self.press, "sets": 3, "reps": 8, "weight": 60.0}
        body = {"name": "Push day", "exercises": [entry]}
        key = {"Idempotency-Key": "4f9c2d1e-7a51-4c0e-9a34-2f3f1c7f8d10"}
        self.routine = self.call("A new routine", "POST", path, body, headers=key)["id"]
        self.call("The same again", "POST", path, body, headers=key)
        self.call("The key of another body", "POST", path, {**body, "name": "x"}, headers=key)
        wrong = {"name": "", "exercises": [{**entry, "exerciseId": MISSING, "sets": 0}]}
        self.call("Fields that are not valid", "POST", path, wrong)
        self.call("The id of another routine", "POST", path, {**body, "id": self.routine})
        self.call("The routines", "GET", path)
        self.call("One routine", "GET", ROUTINE, id=self.routine)
        condition = {"If-Match": self.etag("GET", ROUTINE)}
        notes = {"notes": "Add 2.5 kg a week."}
        self.call("Change one field", "PATCH", ROUTINE, notes, headers=condition, id=self.routine)
        late = {"notes": "Add 5 kg."}
        self.call(
            "It has changed since", "PATCH", ROUTINE, late, headers=condition, id=self.routine
        )
        condition = {"If-Match": self.etag("PATCH", ROUTINE)}
        whole = {"name": "Push day", "exercises": [{**entry, "weight": 62.5}]}
        self.call("Replace it", "PUT", ROUTINE, whole, headers=condition, id=self.routine)
        self.call("Not valid", "PUT", ROUTINE, {"name": "Push day"}, id=self.routine)

    def session_is_recorded(self):
        path = "/api/history"
        entry = {"exerciseId": self.press, "sets": 3, "reps": 8, "weight": 62.5}
        body = {
            "date": "2026-11-21T19:30:00+01:00",
            "routineId": self.routine,
            "durationSeconds": 2700,
            "exercises": [entry, {"exerciseId": self.dip, "sets": 2, "reps": 10, "weight": -20}],
        }
        key = {"Idempotency-Key": "0b6c1f5e-3a0e-4b0c-8a55-0d9a3c7e2b41"}
        self.session = self.call("A new session", "POST", path, body, headers=key)["id"]
        wrong = {"exercises": [{**entry, "sets": 300, "weight": "60 kg"}]}
        self.call("Fields that are not valid", "POST", path, wrong)
        november = "from=2026-11-01T00:00:00Z&to=2026-12-01T00:00:00Z"
        self.call("A month's sessions", "GET", path, query=november)
        self.call("Not an instant", "GET", path, query="from=yesterday")
        self.call("One session", "GET", SESSION, id=self.session)
        condition = {"If-Match": self.etag("GET", SESSION)}
        notes = {"notes": "Felt easy."}
        self.call("Change one field", "PATCH", SESSION, notes, headers=condition, id=self.session)
        late = {"notes": "Felt hard."}
        self.call(
            "It has changed since", "PATCH", SESSION, late, headers=condition, id=self.session
        )
        self.call("Replace it", "PUT", SESSION, {**body, "durationSeconds": 2800}, id=self.session)
        self.call("Not valid", "PUT", SESSION, {"date": "yesterday"}, id=self.session)

    def copy_is_kept(self):
        path = "/api/sync"
        token = self.call("The first copy", "GET", path)["next"]
        self.travel.shift(timedelta(minutes=5))
        self.call("What has changed since", "GET", path, query=f"since={token}")
        self.call("Not a token", "GET", path, query="since=x")

    def account_is_looked_after(self):
        path = "/api/auth/me"
        self.call("The account", "GET", path)
        self.call("Show weights in pounds", "PATCH", path, {"weightUnit": "lb"})
        self.call("Not a unit", "PATCH", path, {"weightUnit": "stone"})
        path = "/api/auth/sessions"
        rows = self.call("The sign-ins", "GET", path)["results"]
        other = next(row["id"] for row in rows if not row["isCurrent"])
        self.call("End one", "DELETE", f"{path}/{{id}}", id=other)
        self.call("End all others", "DELETE", path)
        self.call("All of the user's data", "GET", "/api/auth/export")
        path = "/api/auth/password"
        new = {"currentPassword": PASSWORD, "newPassword": "another horse 9"}
        self.refresh = self.use(self.call("A new password", "POST", path, new))
        self.call("A wrong current password", "POST", path, new)

    def documents_are_deleted(self):
        self.call("Delete it", "DELETE", SESSION, id=self.session)
        self.call("It is gone", "DELETE", SESSION, id=self.session)
        key = {"Idempotency-Key": "4f9c2d1e-7a51-4c0e-9a34-2f3f1c7f8d10"}
        self.call("Delete it", "DELETE", ROUTINE, id=self.routine)
        late = {"name": "Push day", "exercises": []}
        self.call("The key of a deleted routine", "POST", "/api/routines", late, headers=key)

    def catalogue_is_tidied(self):
        path = "/api/exercises"
        merged = {"exerciseIds": [self.double]}
        self.call("Merge one into another", "POST", f"{EXERCISE}/merge", merged, id=self.dip)
        self.call("No ids", "POST", f"{EXERCISE}/merge", {"exerciseIds": []}, id=self.dip)
        self.call("One that was merged away", "GET", EXERCISE, id=self.double)
        self.call("As JSON", "GET", f"{path}/export", query="format=json&search=dip")
        self.call("As CSV", "GET", f"{path}/export", query="format=csv&search=dip")
        self.call("Delete it", "DELETE", EXERCISE, id=self.unused)
        self.call("It is in use", "DELETE", EXERCISE, id=self.press)

    def email_is_changed(self):
        path = "/api/auth/email"
        wish = {"newEmail": NEW_EMAIL, "password": "another horse 9"}
        self.call("Ask for an e-mail", "POST", path, wish)
        self.call("A wrong password", "POST", path, {**wish, "password": PASSWORD})
        confirmation = link_in("confirm-email")
        self.call("The link's uid and token", "POST", f"{path}/confirm", confirmation)
        self.call("The link is spent", "POST", f"{path}/confirm", confirmation)

    def password_is_reset(self):
        path = "/api/auth/password/reset"
        self.call("Ask for an e-mail", "POST", path, {"email": NEW_EMAIL})
        reset = {**link_in("password-reset"), "newPassword": "one more horse 9"}
        self.call("The link's uid and token", "POST", f"{path}/confirm", reset)
        self.call("The link is spent", "POST", f"{path}/confirm", reset)

    def account_is_deleted(self):
        credentials = {"email": NEW_EMAIL, "password": "one more horse 9"}
        self.token = None
        pair = self.call(None, "POST", "/api/auth/login", credentials)
        self.call("Sign out", "POST", "/api/auth/logout", {"refresh": self.use(pair)})
        self.use(self.call(None, "POST", "/api/auth/login", credentials))
        path = "/api/auth/me"
        self.call("A wrong password", "DELETE", path, {"password": "wrong horse 9"})
        self.call("Delete the account", "DELETE", path, {"password": credentials["password"]})
        self.token = None
        self.call("No token", "GET", path)

    def password_is_guessed(self):
        path, guess = "/api/auth/login", {"email": "bob@example.com", "password": "a guess"}
        for _ in range(5):
            self.call(None, "POST", path, guess)
        self.call("After five failures", "POST", path, guess)

    def health_is_checked(self):
        self.call("Alive", "GET", "/healthz")
        self.call("Ready", "GET", "/readyz")


def link_in(page):
    """What the last link to the page says."""
    pattern = re.compile(rf"/{page}/([^/]+)/([^/]+)/")
    uid, token = next(
        found.groups() for m in reversed(mail.outbox) if (found := pattern.search(m.body))
    )
    return {"uid": uid, "token": token}


@pytest.fixture
def recorded(db):
    with time_machine.travel(START, tick=False) as travel:
        walk = Walk(travel)
        walk.everything()
    return walk.normalised()


def test_the_examples_are_what_the_service_responds(recorded):
    if os.environ.get("WRITE_EXAMPLES"):
        RECORDED.write_text(json.dumps(recorded, indent=2, ensure_ascii=False) + "\n")

    assert recorded == json.loads(RECORDED.read_text())


def test_every_call_has_an_example_of_its_success(client):
    paths = client.get("/api/schema").json()["paths"]
    calls = {f"{verb.upper()} {path}" for path, item in paths.items() for verb in item}

    examples = json.loads(RECORDED.read_text())
    shown = {
        call for call, each in examples.items() if any(e["response"]["status"] < 300 for e in each)
    }
    assert calls == shown


def test_an_example_has_a_response_that_the_schema_describes(client):
    paths = client.get("/api/schema").json()["paths"]

    for call, examples in json.loads(RECORDED.read_text()).items():
        verb, path = call.split()
        described = paths[path][verb.lower()]["responses"]
        assert {str(each["response"]["status"]) for each in examples} <= set(described)


def test_every_example_is_in_the_schema(client):
    operation = client.get("/api/schema").json()["paths"]["/api/history/{id}"]["patch"]

    bodies = operation["requestBody"]["content"]["application/json"]["examples"]
    assert bodies["change-one-field"]["value"] == {"notes": "Felt easy."}
    assert bodies["it-has-changed-since"]["summary"] == "It has changed since (412)"
    (lost,) = operation["responses"]["412"]["content"]["application/problem+json"]["examples"]
    assert lost == "it-has-changed-since"
    changed = operation["responses"]["200"]["headers"]["ETag"]["example"]
    assert changed != operation["responses"]["412"]["headers"].get("ETag", {})
