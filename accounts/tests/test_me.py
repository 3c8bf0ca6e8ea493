import pytest
from bson import ObjectId

from accounts.tests.calls import ME, error
from routines.tests.factories import RoutineFactory

pytestmark = pytest.mark.django_db


def test_get_returns_the_signed_in_user(api, ann):
    assert api.get(ME).json() == {
        "id": str(ann.pk),
        "email": "ann@example.com",
        "name": None,
        "weightUnit": "kg",
        "routines": [],
        "isStaff": False,
        "dateJoined": api.get(ME).json()["dateJoined"],
    }


def test_name_and_unit_can_be_changed(api):
    user = api.patch(ME, {"name": " Ann ", "weightUnit": "lb"}).json()

    assert (user["name"], user["weightUnit"]) == ("Ann", "lb")
    assert api.get(ME).json() == user


def test_the_user_can_be_sent_back_as_it_was_read(api):
    user = api.get(ME).json()

    assert api.patch(ME, user).json() == user


def test_users_cannot_change_their_rights(api, ann):
    api.patch(ME, {"isStaff": True})

    ann.refresh_from_db()
    assert ann.is_staff is False


def test_an_unchanged_email_address_is_accepted_in_any_case(api, ann):
    assert api.patch(ME, {"email": "ANN@Example.com", "name": "Ann"}).status_code == 200

    ann.refresh_from_db()
    assert (ann.email, ann.name) == ("ann@example.com", "Ann")


def test_another_email_address_is_refused_with_the_call_for_changing_it(api, ann):
    refused = api.patch(ME, {"email": "other@example.com"})

    assert error(refused) == ("/email", "not_changeable")
    assert "POST /api/auth/email" in refused.json()["errors"][0]["detail"]


@pytest.mark.parametrize("change", [{}, {"name": None, "weightUnit": "kg"}, {"routines": []}])
def test_a_change_to_what_is_stored_already_writes_nothing(api, ann, command_log, change):
    etag = api.get(ME)["ETag"]
    command_log.clear()

    assert api.patch(ME, change)["ETag"] == etag

    assert "update" not in [name for name, _ in command_log]


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"weightUnit": "stone"}, ("/weightUnit", "invalid_choice")),
        ({"weightUnit": None}, ("/weightUnit", "null")),
        ({"name": "n" * 121}, ("/name", "max_length")),
        ({"password": "another horse 9"}, ("/password", "unknown")),
        ({"isSuperuser": True}, ("/isSuperuser", "unknown")),
    ],
)
def test_an_invalid_value_is_refused_at_its_field(api, change, found):
    assert error(api.patch(ME, change)) == found


def test_routines_can_be_put_in_another_order(api, ann):
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
def test_routines_cannot_be_added_left_out_or_repeated(api, ann, change):
    ids = [str(RoutineFactory(user=ann).pk) for _ in range(3)]

    assert error(api.patch(ME, {"routines": change(ids)})) == ("/routines", "not_the_same")
    assert api.get(ME).json()["routines"] == ids
