import pytest
from django.db import connection
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import SignIn
from accounts.tests.calls import ME, error, login
from accounts.tests.factories import PASSWORD, UserFactory
from conftest import client_of

SESSIONS = "/api/auth/sessions"

pytestmark = pytest.mark.django_db


def test_the_list_tells_devices_apart(ann):
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


def test_one_sign_in_can_be_ended(api, ann):
    other = client_of(ann)
    (row,) = (row for row in api.get(SESSIONS).json()["results"] if not row["isCurrent"])

    assert api.delete(f"{SESSIONS}/{row['id']}").status_code == 204

    assert [c.get(ME).status_code for c in (api, other)] == [200, 401]
    assert api.delete(f"{SESSIONS}/{row['id']}").status_code == 404


def test_all_but_the_current_one_can_be_ended(api, ann):
    other, browser = client_of(ann), Client()
    browser.force_login(ann)

    assert api.delete(SESSIONS).status_code == 204

    assert [c.get(ME).status_code for c in (api, other, browser)] == [200, 401, 401]


def test_a_browser_that_ends_the_others_stays_signed_in(api, ann, stranger):
    this, other, theirs = Client(), Client(), Client()
    for browser, user in ((this, ann), (other, ann), (theirs, UserFactory())):
        browser.force_login(user)

    assert this.delete(SESSIONS).status_code == 204

    alive = [c.get(ME).status_code for c in (this, other, api, theirs, stranger)]
    assert alive == [200, 401, 401, 200, 200]


@pytest.mark.parametrize("sign_in_id", ["x", "0" * 24])
def test_an_unknown_id_is_a_404(api, sign_in_id):
    assert api.delete(f"{SESSIONS}/{sign_in_id}").status_code == 404


def test_another_users_sign_in_is_a_404_and_continues(api, stranger):
    (row,) = stranger.get(SESSIONS).json()["results"]

    assert api.delete(f"{SESSIONS}/{row['id']}").status_code == 404
    assert stranger.get(ME).status_code == 200


def test_logout_ends_the_sign_in_that_the_token_names(anonymous, ann):
    tokens = login(PASSWORD).json()
    anonymous.credentials(HTTP_AUTHORIZATION=f"Bearer {tokens['access']}")

    done = anonymous.post("/api/auth/logout", {"refresh": tokens["refresh"]})

    assert done.status_code == 204
    assert anonymous.get(ME).status_code == 401
    assert anonymous.post("/api/auth/refresh", {"refresh": tokens["refresh"]}).status_code == 401


def test_logout_accepts_only_the_users_own_refresh_token(api, stranger, ann):
    UserFactory(email="bob@example.com")
    foreign = login(PASSWORD, "bob@example.com").json()

    for token in (foreign["refresh"], foreign["access"], "x"):
        refused = api.post("/api/auth/logout", {"refresh": token})
        assert error(refused) == ("/refresh", "token_not_valid")
    assert api.get(ME).status_code == 200


def test_signing_in_sets_the_last_login(ann):
    login(PASSWORD)

    ann.refresh_from_db()
    assert ann.last_login is not None
    assert SignIn.objects.count() == 1


def test_the_database_deletes_expired_django_sessions(db):
    indexes = connection.get_collection("django_session").index_information().values()

    assert [("expire_date", -1)] in [i["key"] for i in indexes if i.get("expireAfterSeconds") == 0]
