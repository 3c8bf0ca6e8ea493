"""Who may write the catalogue: staff with Django's permission for it."""

from importlib import import_module

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command

from accounts.models import User
from accounts.tests.factories import UserFactory
from conftest import client_of
from exercises.curators import make_group
from exercises.models import Exercise

EXERCISES = "/api/exercises"
CALLS = {"post": "add", "put": "change", "patch": "change", "delete": "delete"}

pytestmark = pytest.mark.django_db


def permission(action):
    return Permission.objects.get(content_type__app_label="exercises", codename=action)


def call(user, verb, exercise):
    path = EXERCISES if verb == "post" else f"{EXERCISES}/{exercise.pk}"
    body = None if verb == "delete" else {"name": "Floor Press"}
    return getattr(client_of(user), verb)(path, body).status_code


@pytest.mark.parametrize("verb", CALLS)
def test_staff_need_the_permission_for_the_verb(bench_press, verb):
    user = UserFactory(is_staff=True)
    others = {"add", "change", "delete", "view"} - {CALLS[verb]}
    user.user_permissions.set([permission(f"{action}_exercise") for action in others])
    assert call(user, verb, bench_press) == 403

    user.user_permissions.add(permission(f"{CALLS[verb]}_exercise"))
    user = User.objects.get(pk=user.pk)
    assert call(user, verb, bench_press) < 300


@pytest.mark.parametrize("verb", CALLS)
def test_a_group_can_give_the_permission(bench_press, verb):
    user, group = UserFactory(is_staff=True), Group.objects.create(name="Curators of Ours")
    group.permissions.add(permission(f"{CALLS[verb]}_exercise"))
    user.groups.add(group)

    assert call(user, verb, bench_press) < 300


@pytest.mark.parametrize("verb", CALLS)
@pytest.mark.parametrize(("is_staff", "allowed"), [(True, True), (False, False)])
def test_superusers_have_all_permissions_if_they_are_staff(bench_press, verb, is_staff, allowed):
    user = UserFactory(is_staff=is_staff, is_superuser=True)

    assert (call(user, verb, bench_press) < 300) == allowed


def test_everybody_who_is_signed_in_may_read(bench_press):
    for user in (UserFactory(), UserFactory(is_staff=True)):
        assert client_of(user).get(f"{EXERCISES}/{bench_press.pk}").status_code == 200


class TestTheGroup:
    @pytest.fixture
    def group(self):
        make_group()
        return Group.objects.get(name="Curator")

    def test_it_may_do_everything_to_exercises_and_nothing_else(self, group):
        user = UserFactory(is_staff=True)
        user.groups.add(group)

        assert user.get_all_permissions() == {
            f"exercises.{action}_exercise"
            for action in ("view", "add", "change", "delete", "merge", "import")
        }

    @pytest.mark.parametrize("verb", CALLS)
    def test_its_members_write_through_the_api(self, group, bench_press, verb):
        user = UserFactory(is_staff=True)
        user.groups.add(group)

        assert call(user, verb, bench_press) < 300

    def test_a_later_migration_leaves_it_as_it_is(self, group):
        group.permissions.remove(permission("delete_exercise"))

        make_group()

        assert group.permissions.count() == 5

    def test_migrating_makes_it(self):
        Group.objects.all().delete()

        call_command("migrate", verbosity=0)

        assert Group.objects.get().permissions.count() == 6


class TestTheMigrations:
    """Staff at the upgrade may do what they could do before, as members of the group."""

    @pytest.fixture
    def give(self):
        module = import_module("exercises.migrations.0005_curators")
        return lambda: module.keep_rights_of_staff(apps, None)

    @pytest.fixture
    def join(self):
        module = import_module("exercises.migrations.0008_curator_group")
        return lambda: module.staff_join(apps, None)

    def test_staff_get_the_permissions_and_no_one_else(self, give):
        staff, other = UserFactory(is_staff=True), UserFactory()

        give()
        give()

        assert staff.user_permissions.count() == 4
        assert User.objects.get(pk=staff.pk).has_perm("exercises.delete_exercise")
        assert other.user_permissions.count() == 0

    def test_staff_with_the_permissions_join_the_group_instead(self, give, join):
        staff = UserFactory(is_staff=True)
        give()

        join()
        join()

        assert staff.user_permissions.count() == 0
        assert [group.name for group in staff.groups.all()] == ["Curator"]
        assert User.objects.get(pk=staff.pk).has_perm("exercises.merge_exercise")

    def test_others_stay_as_they_are(self, give, join):
        give()
        some = UserFactory(is_staff=True)
        some.user_permissions.add(permission("change_exercise"))
        others = [UserFactory(), UserFactory(is_staff=True, is_superuser=True), some]

        join()

        assert not any(user.groups.exists() for user in others)
        assert some.user_permissions.count() == 1

    def test_permissions_that_do_not_exist_yet_are_created_as_django_would(self, give, join):
        before = names()
        Permission.objects.filter(content_type=kind()).delete()
        UserFactory(is_staff=True)

        give()
        join()

        assert names() == before


def names():
    return {(p.codename, p.name) for p in Permission.objects.filter(content_type=kind())}


def kind():
    return ContentType.objects.get_for_model(Exercise)
