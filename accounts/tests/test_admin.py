import pytest

from accounts.models import User
from accounts.tests.factories import PASSWORD, UserFactory
from history.tests.factories import SessionFactory
from routines.tests.factories import RoutineFactory

USERS = "/admin/accounts/user/"


@pytest.fixture
def admin(client, db):
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    return client


def test_a_user_is_made_with_a_lower_cased_email(admin):
    passwords = {"password1": PASSWORD, "password2": PASSWORD}

    admin.post(f"{USERS}add/", {"email": "New@Example.com", "name": "New", **passwords})

    user = User.objects.get(email="new@example.com")
    assert user.check_password(PASSWORD)


def test_an_email_is_for_life(admin, ann):
    page = admin.get(f"{USERS}{ann.pk}/change/").content.decode()

    assert 'name="email"' not in page


def test_a_user_is_deactivated_and_reactivated(admin, ann):
    def save(**fields):
        response = admin.post(f"{USERS}{ann.pk}/change/", {"weight_unit": "kg", **fields})
        assert response.status_code == 302
        ann.refresh_from_db()
        return ann.is_active

    assert save() is False
    assert save(is_active="on") is True


def test_the_page_of_a_user_shows_no_hash(admin, ann):
    page = admin.get(f"{USERS}{ann.pk}/change/").content.decode()

    assert ann.password not in page
    assert ann.password.rsplit("$", 1)[1] not in page


def test_training_data_can_be_seen_and_not_changed(admin, ann):
    for path in (
        f"/admin/routines/routine/{RoutineFactory(user=ann).pk}/change/",
        f"/admin/history/session/{SessionFactory(user=ann).pk}/change/",
    ):
        assert admin.get(path).status_code == 200
        assert admin.post(path, {"name": "changed"}).status_code == 403
