"""Which bearer tokens are accepted. A careless check would accept each that is refused here."""

import hmac
from datetime import UTC, datetime, timedelta
from time import monotonic

import jwt
import pytest
import time_machine
from bson import ObjectId
from django.conf import settings
from django.test import Client

from accounts.models import SignIn, User
from accounts.signing_in import principals as principals_module
from accounts.signing_in.principals import (
    Principal,
    RememberedPrincipals,
    remembered_principals,
)
from accounts.signing_in.tokens import AccessToken, RefreshToken
from accounts.tests.factories import PASSWORD, SignInFactory, UserFactory

KEY = settings.SECRET_KEY

pytestmark = pytest.mark.django_db


def status(client, token, scheme="Bearer"):
    client.credentials(HTTP_AUTHORIZATION=f"{scheme} {token}")
    return client.get("/api/routines").status_code


def forged(user, key=KEY, algorithm="HS256", **changes):
    """A valid token except for the changes. None omits a claim."""
    claims = {**AccessToken.of(SignInFactory.document(user=user)).payload, **changes}
    claims = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(claims, key, algorithm)


def test_a_token_like_the_services_own_is_accepted(anonymous, ann):
    assert status(anonymous, forged(ann)) == 200


def test_the_case_of_the_scheme_makes_no_difference(anonymous, ann):
    assert status(anonymous, forged(ann), "bearer") == 200


def test_an_ended_sign_in_has_its_own_code(anonymous, ann):
    token = forged(ann)
    SignIn.objects.all().delete()
    anonymous.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")

    assert anonymous.get("/api/routines").json()["code"] == "sign_in_over"


@pytest.mark.parametrize(("method", "data"), [("get", None), ("delete", {"password": PASSWORD})])
def test_a_deleted_user_gets_that_code_from_processes_that_remember_the_token(
    anonymous, ann, method, data
):
    anonymous.credentials(HTTP_AUTHORIZATION=f"Bearer {forged(ann)}")
    assert anonymous.get("/api/auth/me").status_code == 200
    User.objects.all().delete()

    refused = getattr(anonymous, method)("/api/auth/me", data)

    assert refused.json()["code"] == "sign_in_over"


@pytest.mark.parametrize(
    "token",
    [
        pytest.param(lambda user: forged(user, key=None, algorithm="none"), id="alg none"),
        pytest.param(lambda user: forged(user, algorithm="HS512"), id="another algorithm"),
        pytest.param(lambda user: forged(user, key="k" * 64), id="another key"),
        pytest.param(lambda user: forged(user, token_type="refresh"), id="refresh as access"),
        pytest.param(lambda user: forged(user, sid=None), id="no sign-in"),
        pytest.param(lambda user: forged(user, sid=str(ObjectId())), id="unknown sign-in"),
        pytest.param(lambda user: forged(user, sid={"$gt": ""}), id="not the id of a sign-in"),
        pytest.param(
            lambda user: forged(user, sid=str(SignInFactory.create().pk)),
            id="somebody else's sign-in",
        ),
        pytest.param(lambda user: forged(user, iat=None), id="no time of issue"),
        pytest.param(lambda user: forged(user, iat=2**40), id="issued in the future"),
        pytest.param(lambda user: forged(user, token_type=None), id="no type"),
        pytest.param(lambda user: forged(user, exp=1), id="expired"),
        pytest.param(lambda user: forged(user, exp=None), id="no expiry"),
        pytest.param(lambda user: forged(user, exp=10**30), id="beyond the calendar"),
        pytest.param(lambda user: forged(user, exp=str(2**33)), id="a string as expiry"),
        pytest.param(lambda user: forged(user, jti=None), id="no id"),
        pytest.param(lambda user: forged(user, jti=""), id="an empty id"),
        pytest.param(lambda user: forged(user, sub=None), id="no user"),
        pytest.param(lambda user: forged(user, sub=str(ObjectId())), id="unknown user"),
        pytest.param(lambda user: forged(user, sub="5"), id="not the id of a user"),
        pytest.param(lambda user: forged(user, nbf=2**40), id="not yet valid"),
        pytest.param(lambda user: forged(user)[:-4], id="cut signature"),
        pytest.param(lambda user: "a.b.c", id="not a token"),
        pytest.param(lambda user: "", id="empty"),
        pytest.param(lambda user: "\xff\xfe", id="not ASCII"),
    ],
)
def test_any_other_token_is_a_401(anonymous, ann, token):
    anonymous.credentials(HTTP_AUTHORIZATION=f"Bearer {token(ann)}")

    response = anonymous.get("/api/routines")

    assert response.status_code == 401
    assert response["WWW-Authenticate"] == "Bearer"
    assert response["Content-Type"] == "application/problem+json"


def test_another_scheme_is_a_401(anonymous, ann):
    assert status(anonymous, forged(ann), scheme="Basic") == 401


def test_rs256_with_the_key_as_a_public_key_is_a_401(anonymous, ann):
    """The classic confusion of algorithms: the verifier takes our secret for a public key."""
    header, payload, _ = forged(ann).split(".")
    other_header = jwt.utils.base64url_encode(b'{"alg":"RS256","typ":"JWT"}').decode()
    signature = hmac.digest(KEY.encode(), f"{other_header}.{payload}".encode(), "sha256")

    token = f"{other_header}.{payload}.{jwt.utils.base64url_encode(signature).decode()}"

    assert header != other_header
    assert status(anonymous, token) == 401


def test_an_access_token_lives_ten_minutes_and_a_refresh_token_thirty_days():
    sign_in = SignInFactory.document()

    for token, lifetime in (
        (AccessToken.of(sign_in), timedelta(minutes=10)),
        (RefreshToken.of(sign_in), timedelta(days=30)),
    ):
        left = datetime.fromtimestamp(token["exp"], UTC) - datetime.now(UTC)
        assert lifetime - timedelta(seconds=5) < left <= lifetime


@pytest.mark.parametrize("slow", [0.3, 2, 20])
def test_a_machine_with_a_slow_clock_accepts_what_another_one_has_just_issued(anonymous, slow):
    here = datetime.now(UTC)
    body = {"email": "ann@example.com", "password": "correct horse 9"}
    with time_machine.travel(here):
        tokens = anonymous.post("/api/auth/register", body).json()

    with time_machine.travel(here - timedelta(seconds=slow)):
        refreshed = anonymous.post("/api/auth/refresh", {"refresh": tokens["refresh"]})

        assert status(anonymous, tokens["access"]) == 200
        assert refreshed.status_code == 200


@pytest.mark.parametrize(("late", "expected"), [(25, 200), (35, 401)])
def test_an_access_token_is_accepted_for_half_a_minute_longer(anonymous, ann, late, expected):
    token = forged(ann)

    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=10, seconds=late)):
        assert status(anonymous, token) == expected


def test_an_older_key_verifies_and_never_signs(anonymous, ann, settings):
    before = forged(ann)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "n" * 64, [KEY]

    after = str(AccessToken.of(SignInFactory.document(user=ann)))

    assert status(anonymous, before) == 200
    assert status(anonymous, after) == 200
    assert jwt.decode(after, "n" * 64, ["HS256"])["sub"] == str(ann.pk)


def test_a_removed_key_verifies_nothing(anonymous, ann, settings):
    before = forged(ann)
    settings.SECRET_KEY = "n" * 64

    assert status(anonymous, before) == 401


@pytest.mark.parametrize("end", ["deactivate", "delete", "new password", "end the sign-in"])
def test_a_token_ends_with_its_sign_in_password_or_user(anonymous, end):
    user = UserFactory()
    token = forged(user)
    assert status(anonymous, token) == 200

    if end == "deactivate":
        User.objects.filter(pk=user.pk).update(is_active=False)
    elif end == "delete":
        user.delete()
    elif end == "new password":
        user.set_password("another horse 9")
        user.save()
    else:
        SignIn.objects.all().delete()
    remembered_principals.forget()  # Within seconds, time does the same: see the next test.

    assert status(anonymous, token) == 401


def test_a_process_accepts_the_token_of_an_ended_sign_in_for_at_most_five_seconds(
    anonymous, ann, monkeypatch
):
    token = forged(ann)
    clock = 1000.0
    monkeypatch.setattr("accounts.signing_in.principals.monotonic", lambda: clock)
    assert status(anonymous, token) == 200
    SignIn.objects.all().delete()

    clock += 4.9

    assert status(anonymous, token) == 401


class TestMemory:
    ANN = Principal(User(email="ann@example.com"), AccessToken())

    def test_expired_entries_are_removed(self):
        principals, present = RememberedPrincipals(), monotonic()

        principals.remember("earlier", self.ANN, present - 10)
        principals.remember("now", self.ANN, present)

        assert principals.get("now", find=None) == self.ANN
        assert list(principals._principals) == ["now"]

    def test_the_number_of_entries_is_bounded(self, monkeypatch):
        monkeypatch.setattr(principals_module, "MAX_REMEMBERED", 2)
        principals, present = RememberedPrincipals(), monotonic()

        for text in "abc":
            principals.remember(text, self.ANN, present)

        assert list(principals._principals) == ["a", "b"]

    def test_a_token_is_remembered_once_however_the_header_is_spelled(self, anonymous, ann):
        token = AccessToken.of(SignInFactory.document(user=ann))
        remembered_principals.forget()

        statuses = [
            status(anonymous, token, scheme) for scheme in ("Bearer", "bearer", "Bearer   ")
        ]

        assert statuses == [200] * 3
        assert len(remembered_principals._principals) == 1
        assert status(anonymous, token, "Basic") == 401


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer a b"])
def test_a_malformed_header_is_a_401_even_with_a_session(ann, header):
    browser = Client(headers={"authorization": header})
    browser.force_login(ann)

    response = browser.get("/api/routines")

    assert response.status_code == 401
    assert response["WWW-Authenticate"] == "Bearer"
