import json
import re
from datetime import timedelta

import pytest
from bson import ObjectId
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.sessions.models import Session as DjangoSession
from django.core import mail
from django.db import connection
from django.test import Client
from pymongo.errors import OperationFailure
from pymongo.synchronous.client_session import ClientSession
from rest_framework.test import APIClient

from accounts import passwords, services
from accounts.models import SignIn, User
from accounts.signing_in.sign_ins import start_sign_in
from accounts.tests.factories import PASSWORD, UserFactory
from conftest import client_of
from exercises.tests.factories import ExerciseFactory, entry
from fitness_project.errors import Busy
from history.models import Session
from history.tests.factories import SessionFactory
from routines.tests.factories import RoutineFactory

ME, PASSWORD_PATH, SESSIONS = "/api/auth/me", "/api/auth/password", "/api/auth/sessions"
NEW = "another horse 9"

pytestmark = pytest.mark.django_db


def error(response):
    assert response.status_code == 400
    (found,) = response.json()["errors"]
    return found["pointer"], found["code"]


def login(password, email="ann@example.com"):
    return APIClient().post("/api/auth/login", {"email": email, "password": password})


@pytest.fixture
def lost_reply(monkeypatch):
    """The first commit succeeds, but its reply is lost, so the transaction runs again."""
    commit, lost = ClientSession.commit_transaction, []

    def commit_and_lose(session):
        commit(session)
        if not lost:
            lost.append(1)
            labels = {"errorLabels": ["TransientTransactionError"]}
            raise OperationFailure("no such transaction", 251, labels)

    monkeypatch.setattr(ClientSession, "commit_transaction", commit_and_lose)


@pytest.mark.usefixtures("lost_reply")
class TestLostReplies:
    def test_a_sign_in_is_stored_once(self, ann):
        assert login(PASSWORD).status_code == 200
        assert SignIn.objects.count() == 1

    def test_a_new_password_is_stored_and_the_user_notified_once(self, api, ann):
        body = {"currentPassword": PASSWORD, "newPassword": NEW}

        assert api.post(PASSWORD_PATH, body).status_code == 200
        assert User.objects.get().check_password(NEW)
        assert [message.to for message in mail.outbox] == [[ann.email]]

    def test_an_account_is_deleted(self, api):
        assert api.delete(ME, {"password": PASSWORD}).status_code == 204
        assert not User.objects.exists()


class TestMe:
    def test_get_returns_the_signed_in_user(self, api, ann):
        assert api.get(ME).json() == {
            "id": str(ann.pk),
            "email": "ann@example.com",
            "name": None,
            "weightUnit": "kg",
            "routines": [],
            "isStaff": False,
            "dateJoined": api.get(ME).json()["dateJoined"],
        }

    def test_name_and_unit_can_be_changed(self, api):
        user = api.patch(ME, {"name": " Ann ", "weightUnit": "lb"}).json()

        assert (user["name"], user["weightUnit"]) == ("Ann", "lb")
        assert api.get(ME).json() == user

    def test_the_user_can_be_sent_back_as_it_was_read(self, api):
        user = api.get(ME).json()

        assert api.patch(ME, user).json() == user

    def test_users_cannot_change_their_rights_or_their_email_address(self, api, ann):
        api.patch(ME, {"isStaff": True, "email": "other@example.com"})

        ann.refresh_from_db()
        assert (ann.is_staff, ann.email) == (False, "ann@example.com")

    @pytest.mark.parametrize(
        ("change", "found"),
        [
            ({"weightUnit": "stone"}, ("/weightUnit", "invalid_choice")),
            ({"weightUnit": None}, ("/weightUnit", "null")),
            ({"name": "n" * 121}, ("/name", "max_length")),
            ({"password": NEW}, ("/password", "unknown")),
            ({"isSuperuser": True}, ("/isSuperuser", "unknown")),
        ],
    )
    def test_an_invalid_value_is_refused_at_its_field(self, api, change, found):
        assert error(api.patch(ME, change)) == found

    def test_routines_can_be_put_in_another_order(self, api, ann):
        ids = [str(RoutineFactory(user=ann).pk) for _ in range(3)]

        user = api.patch(ME, {"routines": [ids[2], ids[0], ids[1]]}).json()

        assert user["routines"] == [ids[2], ids[0], ids[1]]

    @pytest.mark.parametrize(
        "change",
        [
            lambda ids: ids[:2],
            lambda ids: [*ids, ids[0]],
            lambda ids: [ids[0], ids[0], ids[1]],
            lambda ids: [*ids[:2], str(ObjectId())],
            lambda ids: [],
        ],
    )
    def test_routines_cannot_be_added_left_out_or_repeated(self, api, ann, change):
        ids = [str(RoutineFactory(user=ann).pk) for _ in range(3)]

        assert error(api.patch(ME, {"routines": change(ids)})) == ("/routines", "not_the_same")
        assert api.get(ME).json()["routines"] == ids


class TestPassword:
    def test_a_new_password_ends_every_other_sign_in(self, api, ann):
        other = client_of(ann)

        response = api.post(PASSWORD_PATH, {"currentPassword": PASSWORD, "newPassword": NEW})

        assert response.status_code == 200
        fresh = APIClient()
        fresh.credentials(HTTP_AUTHORIZATION=f"Bearer {response.json()['access']}")
        assert [c.get(ME).status_code for c in (fresh, api, other)] == [200, 401, 401]
        assert [login(p).status_code for p in (NEW, PASSWORD)] == [200, 401]

    def test_a_sign_in_by_the_old_password_that_was_in_progress_fails(self, ann):
        before = User.objects.get(pk=ann.pk)
        passwords.change_password(ann, NEW)

        with pytest.raises(Busy):
            start_sign_in(before, user_agent="", ip="")

        assert not SignIn.objects.filter(user=ann).exists()

    def test_a_sign_in_that_was_in_progress_at_deactivation_fails(self, ann):
        User.objects.filter(pk=ann.pk).update(is_active=False)

        with pytest.raises(Busy):
            start_sign_in(ann, user_agent="", ip="")

    def test_of_two_simultaneous_changes_the_first_stands(self, ann):
        other = User.objects.get(pk=ann.pk)
        passwords.change_password(ann, NEW)

        with pytest.raises(Busy):
            passwords.change_password(other, "a third horse 9")

        assert [login(p).status_code for p in (NEW, "a third horse 9")] == [200, 401]

    def test_the_browser_that_changes_it_stays_signed_in_and_others_do_not(self, ann):
        this, other = Client(), Client()
        for browser in (this, other):
            browser.force_login(ann)

        body = {"currentPassword": PASSWORD, "newPassword": NEW}
        response = this.post(PASSWORD_PATH, body, content_type="application/json")

        assert response.status_code == 200
        assert [c.get(ME).status_code for c in (this, other)] == [200, 401]

    def test_the_user_is_notified_by_email(self, api):
        api.post(PASSWORD_PATH, {"currentPassword": PASSWORD, "newPassword": NEW})

        (message,) = mail.outbox
        assert message.to == ["ann@example.com"]
        assert message.subject == "Your password was changed"

    def test_a_wrong_current_password_changes_nothing(self, api):
        body = {"currentPassword": "not this one", "newPassword": NEW}

        assert error(api.post(PASSWORD_PATH, body)) == ("/currentPassword", "wrong_password")
        assert login(PASSWORD).status_code == 200

    def test_wrong_current_passwords_are_counted(self, api):
        body = {"currentPassword": "not this one", "newPassword": NEW}
        for _ in range(5):
            api.post(PASSWORD_PATH, body)

        assert api.post(PASSWORD_PATH, body).status_code == 429

    def test_a_weak_new_password_is_refused(self, api):
        body = {"currentPassword": PASSWORD, "newPassword": "ann@example.com"}

        assert error(api.post(PASSWORD_PATH, body)) == ("/newPassword", "password_too_similar")


class TestReset:
    def ask(self, email="ann@example.com"):
        return APIClient().post(f"{PASSWORD_PATH}/reset", {"email": email})

    def confirm(self, uid, token, password=NEW):
        body = {"uid": uid, "token": token, "newPassword": password}
        return APIClient().post(f"{PASSWORD_PATH}/reset/confirm", body)

    @pytest.fixture
    def link(self, ann):
        self.ask()
        (message,) = mail.outbox
        return re.search(r"/password-reset/([^/]+)/([^/]+)/", message.body).groups()

    def test_the_response_is_the_same_whether_or_not_there_is_an_active_account(self, ann):
        UserFactory(email="gone@example.com", is_active=False)

        responses = [
            self.ask(e) for e in ("ann@example.com", "nobody@example.com", "gone@example.com")
        ]

        assert [(r.status_code, r.content) for r in responses] == [(202, b"")] * 3
        assert [message.to for message in mail.outbox] == [["ann@example.com"]]

    def test_the_email_has_the_link_in_text_and_html(self, link):
        (message,) = mail.outbox
        url = f"http://testserver/password-reset/{link[0]}/{link[1]}/"

        assert url in message.body
        assert url in message.alternatives[0].content
        assert message.alternatives[0].mimetype == "text/html"

    def test_the_link_sets_a_password_once_and_ends_every_sign_in(self, link, api):
        assert api.get(ME).status_code == 200

        first, second = self.confirm(*link), self.confirm(*link, password="third horse 9")

        assert first.status_code == 204
        assert error(second) == ("/token", "invalid_link")
        assert api.get(ME).status_code == 401
        assert login(NEW).status_code == 200

    def test_a_weak_password_does_not_use_up_the_link(self, link):
        assert error(self.confirm(*link, password="short 1"))[0] == "/newPassword"

        assert self.confirm(*link).status_code == 204

    def test_the_link_expires_after_an_hour(self, link, monkeypatch):
        generator = passwords.reset_tokens
        later = generator._now() + timedelta(hours=1, seconds=1)
        monkeypatch.setattr(generator, "_now", lambda: later)

        assert error(self.confirm(*link)) == ("/token", "invalid_link")

    def test_the_link_survives_a_sign_in(self, link):
        login(PASSWORD)

        assert self.confirm(*link).status_code == 204

    def test_at_most_five_emails_in_fifteen_minutes_are_sent_to_one_address(self, ann):
        for _ in range(7):
            assert self.ask().status_code == 202

        assert len(mail.outbox) == 5

    def test_changing_the_password_ends_the_link(self, link, api):
        api.post(PASSWORD_PATH, {"currentPassword": PASSWORD, "newPassword": NEW})

        assert error(self.confirm(*link)) == ("/token", "invalid_link")

    def test_the_link_works_only_for_its_user(self, link):
        self.ask(UserFactory().email)
        other_uid = re.search(r"/password-reset/([^/]+)/", mail.outbox[1].body)[1]

        assert error(self.confirm(other_uid, link[1])) == ("/token", "invalid_link")

    def test_the_link_of_a_deactivated_user_does_not_work(self, link, ann):
        User.objects.update(is_active=False)

        assert error(self.confirm(*link)) == ("/token", "invalid_link")

    @pytest.mark.parametrize("uid", ["x", "%", "Zm9v", "é", "A" * 100])
    def test_an_unreadable_uid_is_refused(self, link, uid):
        assert error(self.confirm(uid, link[1])) == ("/token", "invalid_link")

    def test_the_page_behind_the_link_sets_a_password_too(self, link, api, client):
        page = client.get(f"/password-reset/{link[0]}/{link[1]}/", follow=True)
        passwords = {"new_password1": NEW, "new_password2": NEW}

        done = client.post(page.redirect_chain[-1][0], passwords, follow=True)

        assert done.status_code == 200
        assert login(NEW).status_code == 200
        assert api.get(ME).status_code == 401


class TestSignIns:
    def test_the_list_tells_devices_apart(self, ann):
        client = APIClient()
        tokens = client.post(
            "/api/auth/login",
            {"email": ann.email, "password": PASSWORD},
            HTTP_USER_AGENT="Phone",
            REMOTE_ADDR="192.0.2.1",
        ).json()
        client_of(ann)
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {tokens['access']}")

        rows = client.get(SESSIONS).json()["results"]

        assert len(rows) == 2
        (current,) = (row for row in rows if row["isCurrent"])
        assert set(current) == {"id", "createdAt", "lastUsedAt", "userAgent", "ip", "isCurrent"}
        assert (current["userAgent"], current["ip"]) == ("Phone", "192.0.2.1")

    def test_one_sign_in_can_be_ended(self, api, ann):
        other = client_of(ann)
        (row,) = (row for row in api.get(SESSIONS).json()["results"] if not row["isCurrent"])

        assert api.delete(f"{SESSIONS}/{row['id']}").status_code == 204

        assert [c.get(ME).status_code for c in (api, other)] == [200, 401]
        assert api.delete(f"{SESSIONS}/{row['id']}").status_code == 404

    def test_all_but_the_current_one_can_be_ended(self, api, ann):
        other, browser = client_of(ann), Client()
        browser.force_login(ann)

        assert api.delete(SESSIONS).status_code == 204

        assert [c.get(ME).status_code for c in (api, other, browser)] == [200, 401, 401]

    def test_a_browser_that_ends_the_others_stays_signed_in(self, api, ann, stranger):
        this, other, theirs = Client(), Client(), Client()
        for browser, user in ((this, ann), (other, ann), (theirs, UserFactory())):
            browser.force_login(user)

        assert this.delete(SESSIONS).status_code == 204

        alive = [c.get(ME).status_code for c in (this, other, api, theirs, stranger)]
        assert alive == [200, 401, 401, 200, 200]

    @pytest.mark.parametrize("sign_in_id", ["x", "0" * 24])
    def test_an_unknown_id_is_a_404(self, api, sign_in_id):
        assert api.delete(f"{SESSIONS}/{sign_in_id}").status_code == 404

    def test_another_users_is_a_404_and_lives_on(self, api, stranger):
        (row,) = stranger.get(SESSIONS).json()["results"]

        assert api.delete(f"{SESSIONS}/{row['id']}").status_code == 404
        assert stranger.get(ME).status_code == 200

    def test_logout_ends_the_sign_in_that_the_token_names(self, anonymous, ann):
        tokens = login(PASSWORD).json()
        anonymous.credentials(HTTP_AUTHORIZATION=f"Bearer {tokens['access']}")

        done = anonymous.post("/api/auth/logout", {"refresh": tokens["refresh"]})

        assert done.status_code == 204
        assert anonymous.get(ME).status_code == 401
        assert (
            anonymous.post("/api/auth/refresh", {"refresh": tokens["refresh"]}).status_code == 401
        )

    def test_logout_takes_ones_own_refresh_token_only(self, api, stranger, ann):
        UserFactory(email="bob@example.com")
        foreign = login(PASSWORD, "bob@example.com").json()

        for token in (foreign["refresh"], foreign["access"], "x"):
            refused = api.post("/api/auth/logout", {"refresh": token})
            assert error(refused) == ("/refresh", "token_not_valid")
        assert api.get(ME).status_code == 200


class TestDeletion:
    def test_nothing_of_the_user_is_left_in_any_collection(self, api, ann, monkeypatch):
        RoutineFactory(user=ann)
        SessionFactory(user=ann)
        login("not this one")
        login(PASSWORD)
        Client().force_login(ann)
        LogEntry.objects.log_actions(ann.pk, [ann], CHANGE, "by Ann, about Ann")
        LogEntry.objects.log_actions(UserFactory(is_staff=True).pk, [ann], CHANGE, "about Ann")
        kept = SessionFactory()

        assert api.delete(ME, {"password": PASSWORD}).status_code == 204

        assert not DjangoSession.objects.exists()
        for name in connection.database.list_collection_names():
            stored = str(list(connection.database[name].find()))
            assert str(ann.pk) not in stored, name
            assert "ann@example.com" not in stored, name
        assert Session.objects.get() == kept
        assert api.get(ME).status_code == 401

    def test_documents_written_during_the_deletion_are_removed_afterwards(
        self, api, ann, monkeypatch
    ):
        timers = []
        monkeypatch.setattr(services, "Timer", lambda *args: timers.append(args) or FakeTimer())
        api.delete(ME, {"password": PASSWORD})
        SessionFactory(user_id=ann.pk, user=None)

        ((seconds, work, arguments),) = timers
        work(*arguments)

        assert seconds > services.MAX_AGE
        assert not Session.objects.exists()

    @pytest.mark.parametrize(
        ("verb", "path", "body"),
        [
            ("delete", ME, {"password": PASSWORD}),
            ("post", PASSWORD_PATH, {"currentPassword": PASSWORD, "newPassword": NEW}),
        ],
    )
    def test_a_process_that_still_remembers_the_token_responds_with_401(
        self, api, monkeypatch, verb, path, body
    ):
        monkeypatch.setattr(services.remembered_principals, "forget", lambda: None)
        api.delete(ME, {"password": PASSWORD})

        assert getattr(api, verb)(path, body).status_code == 401

    def test_a_wrong_password_deletes_nothing(self, api):
        assert error(api.delete(ME, {"password": "not this one"})) == (
            "/password",
            "wrong_password",
        )
        assert error(api.delete(ME)) == ("/password", "required")
        assert User.objects.exists()

    def test_a_failure_halfway_deletes_nothing(self, ann, monkeypatch):
        session = SessionFactory(user=ann)
        monkeypatch.setattr(User.objects, "filter", lambda **_: 1 / 0)

        with pytest.raises(ZeroDivisionError):
            services.delete_account(ann.pk, lambda user: True)

        assert Session.objects.get() == session

    def test_the_email_address_is_free_again(self, api):
        api.delete(ME, {"password": PASSWORD})

        again = APIClient().post(
            "/api/auth/register", {"email": "ann@example.com", "password": PASSWORD}
        )

        assert again.status_code == 201


class FakeTimer:
    def start(self):
        pass


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


def test_signing_in_sets_the_last_login(ann):
    login(PASSWORD)

    ann.refresh_from_db()
    assert ann.last_login is not None
    assert SignIn.objects.count() == 1


def test_the_database_deletes_expired_django_sessions(db):
    indexes = connection.get_collection("django_session").index_information().values()

    assert [("expire_date", -1)] in [i["key"] for i in indexes if i.get("expireAfterSeconds") == 0]
