"""Which permissions the admin offers, and what it tells staff who have none."""

import pytest
from django.contrib.auth.models import Group, Permission

from accounts.tests.factories import UserFactory

OFFERED = {
    "accounts.add_user",
    "accounts.change_user",
    "accounts.support_user",
    "accounts.view_user",
    "exercises.add_exercise",
    "exercises.change_exercise",
    "exercises.delete_exercise",
    "exercises.import_exercise",
    "exercises.merge_exercise",
    "exercises.view_exercise",
    "history.view_session",
    "routines.view_routine",
}

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client):
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    return client


def offered(response, field):
    permissions = response.context["adminform"].form.fields[field].queryset
    return {f"{p.content_type.app_label}.{p.codename}" for p in permissions}


def test_only_permissions_that_something_checks_are_offered(admin, ann):
    group = Group.objects.create(name="Coaches")

    of_user = admin.get(f"/admin/accounts/user/{ann.pk}/change/")
    of_group = admin.get(f"/admin/auth/group/{group.pk}/change/")

    assert offered(of_user, "user_permissions") == OFFERED
    assert offered(of_group, "permissions") == OFFERED


def test_permissions_that_were_declared_once_are_not_offered(admin):
    kind = Permission.objects.get(codename="view_routine").content_type
    once = Permission.objects.create(codename="add_routine", name="x", content_type=kind)

    assert offered(admin.get("/admin/auth/group/add/"), "permissions") == OFFERED
    once.delete()


def test_a_permission_can_be_given(admin):
    merge = Permission.objects.get(codename="merge_exercise")

    admin.post("/admin/auth/group/add/", {"name": "Mergers", "permissions": [str(merge.pk)]})

    assert list(Group.objects.get(name="Mergers").permissions.all()) == [merge]


def test_staff_without_permissions_are_told_whom_to_ask(client):
    client.force_login(UserFactory(is_staff=True))

    assert "Ask a superuser" in client.get("/admin/").content.decode()


def test_staff_with_a_permission_see_what_they_may_do(client):
    user = UserFactory(is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_exercise"))
    client.force_login(user)

    page = client.get("/admin/").content.decode()

    assert "/admin/exercises/exercise/" in page
    assert "Ask a superuser" not in page
