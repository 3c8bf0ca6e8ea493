import pytest

from accounts.models import User
from accounts.tests.factories import PASSWORD, UserFactory

REGISTER, LOGIN = "/api/auth/register", "/api/auth/login"

pytestmark = pytest.mark.django_db


def pointers(response):
    return {(error["pointer"], error["code"]) for error in response.json()["errors"]}


def test_registering_signs_in(anonymous):
    body = {"email": " Ann@Example.COM ", "password": PASSWORD, "name": "Ann"}

    response = anonymous.post(REGISTER, body)

    assert response.status_code == 201
    assert set(response.json()) == {"user", "access", "refresh"}
    anonymous.credentials(HTTP_AUTHORIZATION=f"Bearer {response.json()['access']}")
    assert anonymous.get("/api/routines").status_code == 200


def test_a_user_has_these_keys_and_no_others(anonymous):
    user = anonymous.post(REGISTER, {"email": "ann@example.com", "password": PASSWORD}).json()[
        "user"
    ]

    assert user == {
        "id": str(User.objects.get().pk),
        "email": "ann@example.com",
        "name": None,
        "weightUnit": "kg",
        "routines": [],
        "isStaff": False,
        "dateJoined": user["dateJoined"],
    }


def test_the_password_is_stored_only_as_an_argon2id_hash(anonymous):
    anonymous.post(REGISTER, {"email": "ann@example.com", "password": PASSWORD})

    stored = User.objects.documents.collection.find_one()

    assert stored["password"].startswith("argon2$argon2id$")
    assert PASSWORD not in str(stored)


def test_an_email_address_is_taken_regardless_of_case(anonymous):
    UserFactory(email="ann@example.com")

    response = anonymous.post(REGISTER, {"email": "ANN@example.com", "password": PASSWORD})

    assert response.status_code == 400
    assert pointers(response) == {("/email", "unique")}


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"email": "nobody"}, ("/email", "invalid")),
        ({"email": "ann@exam\u200bple.com"}, ("/email", "invalid")),
        ({"email": f"{'a' * 250}@example.com"}, ("/email", "max_length")),
        ({"email": None}, ("/email", "null")),
        ({"email": 5}, ("/email", "invalid")),
        ({"password": "short 1"}, ("/password", "password_too_short")),
        ({"password": "1234567890"}, ("/password", "password_entirely_numeric")),
        ({"password": "password123"}, ("/password", "password_too_common")),
        ({"password": "ann@example.com"}, ("/password", "password_too_similar")),
        ({"password": "é" * 513}, ("/password", "max_length")),
        ({"password": 1234567890}, ("/password", "invalid")),
        ({"name": "n" * 121}, ("/name", "max_length")),
        ({"isStaff": True}, ("/isStaff", "unknown")),
    ],
)
def test_an_invalid_registration_is_refused_at_the_field(anonymous, change, error):
    body = {"email": "ann@example.com", "password": PASSWORD, **change}

    response = anonymous.post(REGISTER, body)

    assert response.status_code == 400
    assert error in pointers(response)
    assert not User.objects.exists()


def test_spaces_in_a_password_are_part_of_it(anonymous):
    anonymous.post(REGISTER, {"email": "ann@example.com", "password": f" {PASSWORD} "})

    trimmed = anonymous.post(LOGIN, {"email": "ann@example.com", "password": PASSWORD})
    exact = anonymous.post(LOGIN, {"email": "ann@example.com", "password": f" {PASSWORD} "})

    assert (trimmed.status_code, exact.status_code) == (401, 200)


def test_failed_logins_get_the_same_response_whatever_the_reason(anonymous):
    UserFactory(email="ann@example.com")
    UserFactory(email="gone@example.com", is_active=False)

    responses = [
        anonymous.post(LOGIN, {"email": email, "password": password})
        for email, password in [
            ("ann@example.com", "not this one"),
            ("nobody@example.com", PASSWORD),
            ("gone@example.com", PASSWORD),
        ]
    ]

    assert {response.status_code for response in responses} == {401}
    assert len({response.json()["detail"] for response in responses}) == 1


def test_login_computes_a_hash_for_an_unknown_email_address_too(anonymous, monkeypatch):
    hashed = []
    monkeypatch.setattr(User, "set_password", lambda self, raw: hashed.append(raw))

    anonymous.post(LOGIN, {"email": "nobody@example.com", "password": PASSWORD})

    assert hashed == [PASSWORD]


def test_login_ignores_a_stale_token(anonymous):
    UserFactory(email="ann@example.com")
    anonymous.credentials(HTTP_AUTHORIZATION="Bearer stale")

    response = anonymous.post(LOGIN, {"email": "ann@example.com", "password": PASSWORD})

    assert response.status_code == 200


@pytest.mark.parametrize("slash", ["", "/"])
def test_the_browsers_pages_sign_in_and_out(client, ann, slash):
    page = client.get(f"/sign-in{slash}")
    typed = {"username": ann.email, "password": PASSWORD}

    client.post(f"/sign-in{slash}", typed)

    assert page.status_code == 200
    assert b"Django" not in page.content
    assert client.get("/api/auth/me").status_code == 200
    assert client.get(f"/sign-in{slash}").status_code == 302
    client.post(f"/sign-out{slash}")
    assert client.get("/api/auth/me").status_code == 401
