"""A refresh token works once, and again for a client that never received the response."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import jwt
import pytest
from bson import ObjectId
from rest_framework.test import APIClient

from accounts.models import SignIn, User
from accounts.signing_in import sign_ins
from accounts.signing_in.principals import remembered_principals
from accounts.signing_in.tokens import AccessToken, RefreshToken
from accounts.tests.factories import PASSWORD, SignInFactory, UserFactory

REFRESH = "/api/auth/refresh"

pytestmark = pytest.mark.django_db


@pytest.fixture
def tokens(anonymous):
    UserFactory(email="ann@example.com")
    body = {"email": "ann@example.com", "password": PASSWORD}
    return anonymous.post("/api/auth/login", body).json()


def refresh(token):
    return APIClient().post(REFRESH, {"refresh": token})


def works(pair) -> bool:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {pair['access']}")
    return client.get("/api/routines").status_code == 200


def claims(token):
    return jwt.decode(token, options={"verify_signature": False})


def token_of(sign_in, **changes):
    return str(RefreshToken.of({**sign_in, **changes}))


def later(monkeypatch, **time):
    moment = sign_ins.now() + timedelta(**time)
    monkeypatch.setattr(sign_ins, "now", lambda: moment)


def test_a_refresh_returns_the_next_pair_of_the_same_sign_in(tokens):
    pair = refresh(tokens["refresh"])

    assert pair.status_code == 200
    assert set(pair.json()) == {"access", "refresh"}
    assert works(pair.json())
    assert pair.json()["refresh"] != tokens["refresh"]
    assert claims(pair.json()["refresh"])["sid"] == claims(tokens["refresh"])["sid"]
    assert SignIn.objects.count() == 1


def test_a_retry_within_ten_seconds_gets_a_pair_that_works(tokens, monkeypatch):
    refresh(tokens["refresh"])

    later(monkeypatch, seconds=9)
    retry = refresh(tokens["refresh"])

    assert retry.status_code == 200
    assert works(retry.json())
    assert refresh(retry.json()["refresh"]).status_code == 200


def test_a_retry_succeeds_even_after_the_next_rotation(tokens, monkeypatch):
    second = refresh(tokens["refresh"]).json()["refresh"]
    refresh(second)

    later(monkeypatch, seconds=9)

    for token in (tokens["refresh"], second):
        assert works(refresh(token).json())


def test_a_client_that_never_received_a_pair_may_retry_a_day_later(tokens, monkeypatch):
    lost = refresh(tokens["refresh"]).json()

    later(monkeypatch, days=1)
    retries = [refresh(tokens["refresh"]).json() for _ in range(3)]

    assert all(works(pair) for pair in (lost, *retries))
    assert [refresh(pair["refresh"]).status_code for pair in (lost, *retries)] == [200] * 4
    assert SignIn.objects.count() == 1


@pytest.mark.parametrize("use", [works, lambda pair: refresh(pair["refresh"])])
@pytest.mark.parametrize("which", [0, 1])
def test_once_a_token_of_any_pair_is_used_a_second_use_ends_the_sign_in(
    tokens, monkeypatch, use, which
):
    pairs = [refresh(tokens["refresh"]).json() for _ in range(2)]
    assert use(pairs[which])

    later(monkeypatch, seconds=11)
    reuse = refresh(tokens["refresh"])

    assert reuse.status_code == 401
    assert reuse["WWW-Authenticate"] == "Bearer"
    assert refresh(pairs[0]["refresh"]).status_code == 401
    assert not works(pairs[1])
    assert not SignIn.objects.exists()


def test_each_pair_of_a_retried_token_has_its_own_future(tokens, monkeypatch):
    tabs = [refresh(tokens["refresh"]).json() for _ in range(2)]

    for _ in range(3):
        later(monkeypatch, minutes=9)
        tabs = [refresh(pair["refresh"]).json() for pair in tabs]
        assert all(works(pair) for pair in tabs)

    assert SignIn.objects.count() == 1


def test_a_pair_that_is_used_is_recorded_by_one_write(tokens, command_log):
    pair = refresh(tokens["refresh"]).json()
    command_log.clear()

    for _ in range(3):
        remembered_principals.forget()
        works(pair)

    assert [name for name, _ in command_log].count("update") == 1


def test_the_users_other_sign_ins_continue(tokens, monkeypatch, anonymous):
    body = {"email": "ann@example.com", "password": PASSWORD}
    other = anonymous.post("/api/auth/login", body).json()
    works(refresh(tokens["refresh"]).json())

    later(monkeypatch, seconds=11)
    refresh(tokens["refresh"])

    assert refresh(other["refresh"]).status_code == 200


def test_twenty_simultaneous_refreshes_with_one_token_all_return_a_working_pair(tokens):
    with ThreadPoolExecutor(20) as threads:
        responses = list(threads.map(lambda _: refresh(tokens["refresh"]), range(20)))

    assert [response.status_code for response in responses] == [200] * 20
    pairs = [response.json() for response in responses]
    assert all(works(pair) for pair in pairs)
    assert [refresh(pair["refresh"]).status_code for pair in pairs] == [200] * 20
    assert SignIn.objects.count() == 1


@pytest.mark.parametrize(
    "token",
    [
        pytest.param(lambda sign_in: str(AccessToken.of(sign_in)), id="access as refresh"),
        pytest.param(lambda sign_in: token_of(sign_in, _id=ObjectId()), id="unknown"),
        pytest.param(
            lambda sign_in: token_of(sign_in, userId=UserFactory.create().pk), id="another user's"
        ),
        pytest.param(lambda sign_in: str(RefreshToken.of(sign_in, exp=1)), id="expired"),
        pytest.param(lambda sign_in: "not a token", id="not a token"),
    ],
)
def test_any_other_token_is_a_401_and_ends_no_sign_in(token):
    sign_in = SignInFactory.document()

    assert refresh(token(sign_in)).status_code == 401
    assert SignIn.objects.filter(pk=sign_in["_id"]).exists()


@pytest.mark.parametrize("end", ["deactivate", "delete"])
def test_a_deactivated_or_deleted_user_gets_a_401(tokens, end):
    if end == "delete":
        User.objects.documents.collection.delete_many({})
    else:
        User.objects.update(is_active=False)

    assert refresh(tokens["refresh"]).status_code == 401


@pytest.mark.parametrize("body", [{}, {"refresh": None}, {"refresh": 5}, {"refresh": "", "x": 1}])
def test_an_invalid_body_is_a_400(anonymous, body):
    assert anonymous.post(REFRESH, body).status_code == 400
