from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import Group, Permission
from django.core import mail
from django.test import Client

from accounts.models import User
from accounts.tests.factories import PASSWORD, UserFactory
from history.tests.factories import SessionFactory
from routines.tests.factories import RoutineFactory

USERS = "/admin/accounts/user/"


@pytest.fixture
def admin(client, db):
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    return client


def test_a_user_is_created_with_a_lower_cased_email_address(admin):
    passwords = {"password1": PASSWORD, "password2": PASSWORD}

    admin.post(f"{USERS}add/", {"email": "New@Example.com", "name": "New", **passwords})

    user = User.objects.get(email="new@example.com")
    assert user.check_password(PASSWORD)


def test_a_name_is_normalised_and_a_password_stored_as_typed(admin):
    password = " spaces are part of it "
    fields = {"email": "new@example.com", "name": " Cafe\u0301 "}

    admin.post(f"{USERS}add/", {**fields, "password1": password, "password2": password})

    user = User.objects.get(email="new@example.com")
    assert user.name == "Café"
    assert user.check_password(password)


def test_an_email_address_cannot_be_changed(admin, ann):
    page = admin.get(f"{USERS}{ann.pk}/change/").content.decode()

    assert 'name="email"' not in page


def test_a_user_can_be_deactivated_and_reactivated(admin, ann):
    def save(**fields):
        response = admin.post(f"{USERS}{ann.pk}/change/", {"weight_unit": "kg", **fields})
        assert response.status_code == 302
        ann.refresh_from_db()
        return ann.is_active

    assert save() is False
    assert save(is_active="on") is True


def test_the_page_of_a_user_does_not_show_the_hash(admin, ann):
    page = admin.get(f"{USERS}{ann.pk}/change/").content.decode()

    assert ann.password not in page
    assert ann.password.rsplit("$", 1)[1] not in page


def test_times_show_their_zone(admin, ann):
    User.objects.update(date_joined=datetime(2026, 11, 29, 19, 22, tzinfo=UTC))

    pages = [f"{USERS}?q=ann@", f"{USERS}{ann.pk}/change/"]

    assert all("29 Nov 2026, 19:22 UTC" in admin.get(page).content.decode() for page in pages)


def test_a_form_that_is_sent_after_the_session_has_ended_is_not_lost(client):
    sent = client.post("/admin/exercises/exercise/add/", {"name": "Squat"}, HTTP_ACCEPT="text/html")

    assert sent.status_code == 403
    assert "return to your form" in sent.content.decode()
    assert client.post("/admin/logout/").status_code == 302


def test_logging_out_leads_to_the_admins_sign_in(admin):
    left = admin.post("/admin/logout/")

    assert left["Location"] == "/admin/login/"
    assert admin.get("/admin/").status_code == 302


def test_every_page_has_the_admins_style(admin, ann):
    pages = ["/admin/", USERS, f"{USERS}{ann.pk}/change/", "/admin/exercises/exercise/"]

    assert all("accounts/admin.css" in admin.get(page).content.decode() for page in pages)


def test_the_list_of_users_has_staff_or_those_whose_email_address_begins_with_the_search(
    admin, ann
):
    UserFactory(email="joanne@example.com")

    pages = {q: admin.get(USERS, {"q": q}).content.decode() for q in ("", "Ann", "nn")}

    assert "ann@example.com" in pages["Ann"]
    assert "joanne@example.com" not in pages["Ann"]
    assert all("ann@example.com" not in pages[q] for q in ("", "nn"))
    assert User.objects.get(is_staff=True).email in pages[""]


def test_a_search_finds_a_bounded_number_of_users(admin, monkeypatch):
    monkeypatch.setattr("accounts.admin.MAX_FOUND", 2)
    for letter in "cab":
        UserFactory(email=f"many.{letter}@example.com")

    page = admin.get(USERS, {"q": "many"}).content.decode()

    assert [f"many.{letter}" in page for letter in "abc"] == [True, True, False]


def test_no_page_of_the_list_of_users_reads_all_users(admin, command_log):
    command_log.clear()

    for q in ("", "a", "ann"):
        admin.get(USERS, {"q": q})

    first_stages = [c["pipeline"][0] for _, c in command_log if c.get("aggregate") == "users"]
    assert all("$match" in stage and "$regex" not in str(stage) for stage in first_stages)


def test_training_data_can_be_seen_and_not_changed(admin, ann):
    for path in (
        f"/admin/routines/routine/{RoutineFactory(user=ann).pk}/change/",
        f"/admin/history/session/{SessionFactory(user=ann).pk}/change/",
    ):
        assert admin.get(path).status_code == 200
        assert admin.post(path, {"name": "changed"}).status_code == 403


def test_training_data_is_listed_for_one_user_at_a_time(admin, ann):
    mine, theirs = SessionFactory(user=ann), SessionFactory()
    path = "/admin/history/session/"

    pages = {q: admin.get(path, {"q": q}).content.decode() for q in ("", "ANN@example.com", "x")}

    assert str(mine.pk) in pages["ANN@example.com"]
    assert str(theirs.pk) not in pages["ANN@example.com"]
    assert all(str(mine.pk) not in pages[q] for q in ("", "x"))


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"{USERS}?q={'a' * 2000}", 200),
        ("/admin/exercises/exercise/?q=" + "é" * 1000, 200),
        ("/admin/r/1/2/", 404),
        (f"{USERS}?name__regex=(", 400),
        (f"{USERS}?is_staff__exact=1", 200),
        ("/admin/exercises/exercise/?primary_muscles__contains=chest", 400),
        ("/admin/history/session/?exercises=zz", 400),
        ("/admin/history/session/zz/change/", 302),
    ],
)
def test_filters_and_paths_that_no_page_offers_are_refused(admin, path, status):
    assert admin.get(path).status_code == status


def test_an_action_on_something_other_than_an_id_is_refused(admin):
    body = {"action": "sign_out_everywhere", "_selected_action": ["zzz"]}

    assert admin.post(USERS, body).status_code == 400


class TestSigningOut:
    """Changes that staff make to an account affect its sign-ins."""

    def test_an_action_signs_a_user_out_everywhere(self, admin, ann, api):
        browser = Client()
        browser.force_login(ann)
        body = {"action": "sign_out_everywhere", "_selected_action": [str(ann.pk)]}

        admin.post(f"{USERS}?q=ann@", body)

        assert api.get("/api/auth/me").status_code == 401
        assert browser.get("/api/auth/me").status_code == 401
        assert admin.get(USERS).status_code == 200

    def test_deactivation_ends_the_sign_ins_for_good(self, admin, ann, api):
        for is_active in ({}, {"is_active": "on"}):
            admin.post(f"{USERS}{ann.pk}/change/", {"weight_unit": "kg", **is_active})

        ann.refresh_from_db()
        assert ann.is_active
        assert api.get("/api/auth/me").status_code == 401

    def test_a_password_set_by_staff_ends_the_sign_ins_and_the_user_is_notified(
        self, admin, ann, api
    ):
        passwords = {"password1": "another horse 9", "password2": "another horse 9"}

        response = admin.post(
            f"{USERS}{ann.pk}/password/", {**passwords, "usable_password": "true"}
        )

        assert response.status_code == 302
        ann.refresh_from_db()
        assert ann.check_password("another horse 9")
        assert api.get("/api/auth/me").status_code == 401
        assert [message.to for message in mail.outbox] == [[ann.email]]

    def test_a_password_removed_by_staff_ends_the_sign_ins_and_the_user_is_notified(
        self, admin, ann, api
    ):
        typed = {"password1": "weak", "password2": "weak"}
        choice = {"usable_password": "false", "unset-password": "Disable"}

        response = admin.post(f"{USERS}{ann.pk}/password/", {**typed, **choice})

        assert response.status_code == 302
        ann.refresh_from_db()
        assert not ann.has_usable_password()
        assert api.get("/api/auth/me").status_code == 401
        assert [message.to for message in mail.outbox] == [[ann.email]]

    def test_a_superuser_can_grant_staff_rights(self, admin, ann):
        fields = {"weight_unit": "kg", "is_active": "on", "is_staff": "on"}

        admin.post(f"{USERS}{ann.pk}/change/", fields)

        ann.refresh_from_db()
        assert ann.is_staff


def test_changing_ones_own_password_sends_a_notice_and_keeps_the_session(client, ann):
    User.objects.update(is_staff=True)
    client.force_login(ann)
    passwords = {"new_password1": "another horse 9", "new_password2": "another horse 9"}

    response = client.post(
        "/admin/password_change/", {"old_password": PASSWORD, **passwords}, follow=True
    )

    assert response.redirect_chain == [("/admin/password_change/done/", 302)]
    assert response.status_code == 200
    assert [message.to for message in mail.outbox] == [[ann.email]]
    ann.refresh_from_db()
    assert ann.check_password("another horse 9")


def test_wrong_passwords_are_counted_when_changing_ones_own(client, ann):
    User.objects.update(is_staff=True)
    client.force_login(ann)
    passwords = {"new_password1": "another horse 9", "new_password2": "another horse 9"}

    codes = [
        client.post("/admin/password_change/", {"old_password": old, **passwords}).status_code
        for old in [*["wrong horse 9"] * 5, PASSWORD]
    ]

    assert codes == [200] * 5 + [429]


class TestStaffWhoMayChangeUsers:
    """They can't gain rights: they can neither grant any nor set the password of staff."""

    @pytest.fixture
    def clerk(self, db):
        clerk = UserFactory(is_staff=True)
        clerk.user_permissions.set(Permission.objects.filter(codename="change_user"))
        return clerk

    @pytest.fixture
    def admin(self, client, clerk):
        client.force_login(clerk)
        return client

    def test_they_can_change_a_user_but_grant_no_rights(self, admin, ann, clerk):
        rights = {
            "is_staff": "on",
            "is_superuser": "on",
            "user_permissions": [str(Permission.objects.first().pk)],
            "groups": [str(Group.objects.create(name="Coaches").pk)],
        }

        fields = {"weight_unit": "lb", "is_active": "on", **rights}
        response = admin.post(f"{USERS}{ann.pk}/change/", fields)

        assert response.status_code == 302
        ann.refresh_from_db()
        assert (ann.weight_unit, ann.is_staff, ann.is_superuser) == ("lb", False, False)
        assert not ann.user_permissions.exists()
        assert not ann.groups.exists()

    def test_they_can_sign_out_users_but_no_superuser(self, admin, ann):
        browsers = {user: Client() for user in (ann, UserFactory(is_staff=True, is_superuser=True))}
        for user, browser in browsers.items():
            browser.force_login(user)
        ids = [str(user.pk) for user in browsers]

        for q in ("ann@", ""):
            path = f"{USERS}?q={q}"
            admin.post(path, {"action": "sign_out_everywhere", "_selected_action": ids})

        assert [b.get("/api/auth/me").status_code for b in browsers.values()] == [401, 200]

    def test_they_cannot_change_groups(self, admin, clerk):
        group = Group.objects.create(name="Coaches")
        clerk.user_permissions.add(*Permission.objects.filter(codename__contains="group"))

        response = admin.post(f"/admin/auth/group/{group.pk}/change/", {"name": "Owners"})

        assert response.status_code == 403

    @pytest.mark.parametrize("page", ["change", "password"])
    @pytest.mark.parametrize("rights", [{"is_superuser": True}, {"is_staff": True}])
    def test_they_cannot_change_superusers_or_staff(self, admin, page, rights):
        other = UserFactory(**rights)
        passwords = {"password1": "another horse 9", "password2": "another horse 9"}

        response = admin.post(f"{USERS}{other.pk}/{page}/", {"weight_unit": "lb", **passwords})

        assert response.status_code == 403
        stored = User.objects.get(pk=other.pk)
        assert (stored.password, stored.weight_unit) == (other.password, "kg")


def test_there_are_permissions_only_for_models_with_admin_pages(db):
    models = set(Permission.objects.values_list("content_type__model", flat=True))

    assert models & {"rotation", "routineentry", "sessionentry", "signin"} == set()
