import pytest
from django.core import mail
from django.test import Client
from rest_framework.test import APIClient

from accounts import passwords
from accounts.models import SignIn, User
from accounts.signing_in.sign_ins import start_sign_in
from accounts.tests.calls import ME, PASSWORD_PATH, error, login
from accounts.tests.factories import PASSWORD
from conftest import client_of
from fitness_project.errors import Busy

NEW = "another horse 9"

pytestmark = pytest.mark.django_db


def test_a_new_password_ends_every_other_sign_in(api, ann):
    other = client_of(ann)

    response = api.post(PASSWORD_PATH, {"currentPassword": PASSWORD, "newPassword": NEW})

    assert response.status_code == 200
    fresh = APIClient()
    fresh.credentials(HTTP_AUTHORIZATION=f"Bearer {response.json()['access']}")
    assert [c.get(ME).status_code for c in (fresh, api, other)] == [200, 401, 401]
    assert [login(p).status_code for p in (NEW, PASSWORD)] == [200, 401]


def test_a_sign_in_by_the_old_password_that_was_in_progress_fails(ann):
    before = User.objects.get(pk=ann.pk)
    passwords.change_password(ann, NEW)

    with pytest.raises(Busy):
        start_sign_in(before, user_agent="", ip="")

    assert not SignIn.objects.filter(user=ann).exists()


def test_a_sign_in_that_was_in_progress_at_deactivation_fails(ann):
    User.objects.filter(pk=ann.pk).update(is_active=False)

    with pytest.raises(Busy):
        start_sign_in(ann, user_agent="", ip="")


def test_of_two_simultaneous_changes_the_first_stands(ann):
    other = User.objects.get(pk=ann.pk)
    passwords.change_password(ann, NEW)

    with pytest.raises(Busy):
        passwords.change_password(other, "a third horse 9")

    assert [login(p).status_code for p in (NEW, "a third horse 9")] == [200, 401]


def test_the_browser_that_changes_it_stays_signed_in_and_others_do_not(ann):
    this, other = Client(), Client()
    for browser in (this, other):
        browser.force_login(ann)

    body = {"currentPassword": PASSWORD, "newPassword": NEW}
    response = this.post(PASSWORD_PATH, body, content_type="application/json")

    assert response.status_code == 200
    assert [c.get(ME).status_code for c in (this, other)] == [200, 401]


def test_the_user_is_notified_by_email(api):
    api.post(PASSWORD_PATH, {"currentPassword": PASSWORD, "newPassword": NEW})

    (message,) = mail.outbox
    assert message.to == ["ann@example.com"]
    assert message.subject == "Your password was changed"


def test_a_wrong_current_password_changes_nothing(api):
    body = {"currentPassword": "not this one", "newPassword": NEW}

    assert error(api.post(PASSWORD_PATH, body)) == ("/currentPassword", "wrong_password")
    assert login(PASSWORD).status_code == 200


def test_wrong_current_passwords_are_counted(api):
    body = {"currentPassword": "not this one", "newPassword": NEW}
    for _ in range(5):
        api.post(PASSWORD_PATH, body)

    assert api.post(PASSWORD_PATH, body).status_code == 429


def test_a_weak_new_password_is_refused(api):
    body = {"currentPassword": PASSWORD, "newPassword": "ann@example.com"}

    assert error(api.post(PASSWORD_PATH, body)) == ("/newPassword", "password_too_similar")
