import jwt
import pytest
from django.db import connection
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import BrowserSession, SignIn
from accounts.signing_in.sign_ins import sign_out_elsewhere
from accounts.signing_in.tokens import RefreshToken
from accounts.tests.calls import ME, error, login
from accounts.tests.factories import PASSWORD, SignInFactory, UserFactory
from conftest import client_of

SESSIONS, LOGOUT = "/api/auth/sessions", "/api/auth/logout"

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


def jwt_claims(token):
    return jwt.decode(token, options={"verify_signature": False})


@pytest.mark.parametrize("sign_in_id", ["x", "0" * 24])
def test_an_unknown_id_is_a_404(api, sign_in_id):
    assert api.delete(f"{SESSIONS}/{sign_in_id}").status_code == 404


def test_another_users_sign_in_is_a_404_and_continues(api, stranger):
    (row,) = stranger.get(SESSIONS).json()["results"]

    assert api.delete(f"{SESSIONS}/{row['id']}").status_code == 404
    assert stranger.get(ME).status_code == 200


def test_logout_needs_only_the_refresh_token(anonymous, ann):
    tokens = login(PASSWORD).json()
    device = APIClient()
    device.credentials(HTTP_AUTHORIZATION=f"Bearer {tokens['access']}")

    done = anonymous.post(LOGOUT, {"refresh": tokens["refresh"]})

    assert done.status_code == 204
    assert device.get(ME).status_code == 401
    assert anonymous.post("/api/auth/refresh", {"refresh": tokens["refresh"]}).status_code == 401


@pytest.mark.parametrize("header", ["Bearer stale", "Bearer", "Basic x"])
def test_logout_ignores_an_access_token_that_is_no_longer_valid(anonymous, ann, header):
    tokens = login(PASSWORD).json()
    anonymous.credentials(HTTP_AUTHORIZATION=header)

    assert anonymous.post(LOGOUT, {"refresh": tokens["refresh"]}).status_code == 204
    assert not SignIn.objects.exists()


def test_logout_succeeds_if_the_sign_in_has_ended_or_the_token_has_expired(anonymous):
    sign_in = SignInFactory.document()
    expired, ended = str(RefreshToken.of(sign_in, exp=1)), str(RefreshToken.of(sign_in))

    statuses = [anonymous.post(LOGOUT, {"refresh": t}).status_code for t in (expired, ended, ended)]

    assert statuses == [204] * 3


def test_logout_refuses_what_is_no_refresh_token_of_this_service(anonymous, ann):
    tokens = login(PASSWORD).json()
    forged = jwt.encode(jwt_claims(tokens["refresh"]), "another key of sufficient length" * 2)

    for token in (tokens["access"], forged, "x"):
        refused = anonymous.post(LOGOUT, {"refresh": token})
        assert error(refused) == ("/refresh", "token_not_valid")
    assert SignIn.objects.count() == 1


def test_signing_in_sets_the_last_login(ann):
    login(PASSWORD)

    ann.refresh_from_db()
    assert ann.last_login is not None
    assert SignIn.objects.count() == 1


def test_the_database_deletes_expired_browser_sessions(db):
    indexes = connection.get_collection("browser_sessions").index_information().values()

    assert [("expire_date", 1)] in [i["key"] for i in indexes if i.get("expireAfterSeconds") == 0]


def test_signing_out_everywhere_reads_only_the_users_sessions(ann, command_log):
    Client().force_login(ann)
    command_log.clear()

    sign_out_elsewhere(ann.pk, but=None)

    sent = [command for name, command in command_log if name in ("find", "aggregate", "delete")]
    assert all("userId" in str(command) for command in sent)
    assert not BrowserSession.objects.exists()
