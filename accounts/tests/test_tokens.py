"""Which bearer tokens are let in. Each case is one that a careless check would accept."""

from datetime import UTC, datetime, timedelta

import jwt
import pytest
from bson import ObjectId
from django.conf import settings
from rest_framework_simplejwt.tokens import AccessToken, RefreshToken

from accounts.authentication import remembered_users

KEY = settings.SECRET_KEY


def status(client, token, scheme="Bearer"):
    client.credentials(HTTP_AUTHORIZATION=f"{scheme} {token}")
    return client.get("/api/routines").status_code


def forged(user, key=KEY, algorithm="HS256", **changes):
    claims = {**AccessToken.for_user(user).payload, **changes}
    claims = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(claims, key, algorithm)


def test_a_token_that_the_service_would_make_is_let_in(anonymous, ann):
    assert status(anonymous, forged(ann)) == 200


@pytest.mark.parametrize(
    "token",
    [
        pytest.param(lambda user: forged(user, key=None, algorithm="none"), id="alg none"),
        pytest.param(lambda user: forged(user, algorithm="HS512"), id="another algorithm"),
        pytest.param(lambda user: forged(user, key="k" * 64), id="another key"),
        pytest.param(lambda user: str(RefreshToken.for_user(user)), id="refresh as access"),
        pytest.param(lambda user: forged(user, token_type=None), id="no type"),
        pytest.param(lambda user: forged(user, exp=1), id="expired"),
        pytest.param(lambda user: forged(user, exp=None), id="no expiry"),
        pytest.param(lambda user: forged(user, jti=None), id="no id"),
        pytest.param(lambda user: forged(user, sub=None), id="no user"),
        pytest.param(lambda user: forged(user, sub=str(ObjectId())), id="unknown user"),
        pytest.param(lambda user: forged(user, sub="5"), id="no id for a user"),
        pytest.param(lambda user: forged(user, nbf=2**40), id="not yet valid"),
        pytest.param(lambda user: str(AccessToken.for_user(user))[:-4], id="cut signature"),
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


def test_an_access_token_lives_ten_minutes_and_a_refresh_token_thirty_days(ann):
    refresh = RefreshToken.for_user(ann)

    access = refresh.access_token

    assert access.lifetime == timedelta(minutes=10)
    assert refresh.lifetime == timedelta(days=30)
    left = datetime.fromtimestamp(access["exp"], UTC) - datetime.now(UTC)
    assert timedelta(minutes=9) < left <= timedelta(minutes=10)


@pytest.mark.parametrize("end", ["deactivate", "delete"])
def test_a_token_ends_with_its_user(anonymous, ann, end):
    token = forged(ann)
    assert status(anonymous, token) == 200

    if end == "delete":
        ann.delete()
    else:
        type(ann).objects.filter(pk=ann.pk).update(is_active=False)
    remembered_users.forget()  # as time does, within seconds

    assert status(anonymous, token) == 401
