"""Staff who may support users: what they see of an account, what they can do, and the log of it."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.core import mail
from django.test import Client

from accounts.models import SupportEntry, User
from accounts.signing_in import lockout
from accounts.tests.calls import ME, login
from accounts.tests.factories import PASSWORD, SignInFactory, UserFactory
from fitness_project.documents.instants import now
from history.tests.factories import SessionFactory
from routines.tests.factories import RoutineFactory

USERS = "/admin/accounts/user/"
ACTIONS = ["unlock", "sign-out", "send-reset", "deactivate", "reactivate"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def sam():
    """A member of staff who may support users, and nothing else."""
    sam = UserFactory(email="sam@example.com", is_staff=True)
    sam.user_permissions.set(Permission.objects.filter(codename="support_user"))
    return sam


@pytest.fixture
def support(client, sam):
    client.force_login(sam)
    return client


def page_of(user):
    return f"{USERS}{user.pk}/change/"


def path_of(action, user):
    return f"{USERS}{user.pk}/support/{action}/"


def log_of(user):
    entries = SupportEntry.objects.filter(user_id=user.pk).order_by("at")
    return [(User.objects.get(pk=entry.staff_id).email, entry.action) for entry in entries]


def lock_out(email="ann@example.com"):
    for _ in range(5):
        login("not this one", email)


class TestTheAccount:
    """What the page of a user shows to support."""

    def test_it_is_found_by_its_email_address(self, support, ann):
        page = support.get(USERS, {"q": "ANN@example.com"}).content.decode()

        assert page_of(ann) in page

    def test_it_is_shown_without_rights_settings_or_a_way_to_change_it(self, support, ann):
        page = support.get(page_of(ann))

        (first, sign_ins, dates) = page.context["adminform"].fieldsets
        assert first[1]["fields"] == ("email", "name", "is_active")
        assert sign_ins[1]["fields"] == ("locked_until", "open_sign_ins")
        assert dates[1]["fields"] == ("last_login", "date_joined", "closed_at")
        assert 'name="_save"' not in page.content.decode()
        assert "Set a new password" not in page.content.decode()

    def test_it_shows_until_when_the_account_is_locked_out(self, support, ann):
        assert "not locked out" in support.get(page_of(ann)).content.decode()

        lock_out()

        until = lockout.locked_until(ann.email)
        assert f"{until:%H:%M} UTC" in support.get(page_of(ann)).content.decode()

    def test_it_counts_the_open_sign_ins_of_devices_and_browsers(self, support, ann):
        SignInFactory(user=ann)
        SignInFactory(user=ann, expires_at=now() - timedelta(seconds=1))
        Client().force_login(ann)

        page = support.get(page_of(ann)).content.decode()

        assert '<div class="readonly">2</div>' in page


class TestActions:
    def test_each_asks_first(self, support, ann, api):
        lock_out()
        page = support.get(page_of(ann)).content.decode()

        for action in ("unlock", "sign-out", "send-reset", "deactivate"):
            assert path_of(action, ann) in page
            asked = support.get(path_of(action, ann))
            assert asked.status_code == 200
            assert "ann@example.com" in asked.content.decode()

        assert api.get(ME).status_code == 200
        assert login(PASSWORD).status_code == 429
        assert not mail.outbox
        assert log_of(ann) == []

    def test_unlocking_lets_the_user_sign_in_again(self, support, ann):
        lock_out()

        page = support.post(path_of("unlock", ann), follow=True).content.decode()

        assert "Unlocked ann@example.com." in page
        assert login(PASSWORD).status_code == 200

    def test_unlocking_leaves_others_locked_out(self, support, ann):
        UserFactory(email="bob@example.com")
        for email in ("ann@example.com", "bob@example.com"):
            lock_out(email)

        support.post(path_of("unlock", ann))

        assert login(PASSWORD, "bob@example.com").status_code == 429

    def test_sign_ins_end_on_devices_and_in_browsers(self, support, ann, api):
        browser = Client()
        browser.force_login(ann)

        support.post(path_of("sign-out", ann))

        assert api.get(ME).status_code == 401
        assert browser.get(ME).status_code == 401

    def test_a_password_reset_is_sent_to_the_user(self, support, ann):
        page = support.post(path_of("send-reset", ann), follow=True).content.decode()

        (message,) = mail.outbox
        assert message.to == ["ann@example.com"]
        html = message.alternatives[0].content
        for text in (message.body, html):
            assert "http://testserver/password-reset/" in text
            assert "The support of this service has sent you" in text
        assert "on its way to ann@example.com" in page

    def test_a_password_reset_too_many_is_not_sent_and_support_is_told(self, support, ann):
        for _ in range(5):
            support.post(path_of("send-reset", ann))

        page = support.post(path_of("send-reset", ann), follow=True).content.decode()

        assert "Five of these e-mails were just sent" in page
        assert len(mail.outbox) == len(log_of(ann)) == 5

    def test_a_deactivated_user_is_signed_out_until_reactivated(self, support, ann, api):
        support.post(path_of("deactivate", ann))
        refused = login(PASSWORD)
        support.post(path_of("reactivate", ann))

        assert api.get(ME).status_code == 401
        assert refused.status_code == 401
        assert login(PASSWORD).status_code == 200

    @pytest.mark.parametrize("action", ["unlock", "reactivate"])
    def test_what_makes_no_sense_is_neither_offered_nor_done(self, support, ann, action):
        offered = path_of(action, ann) in support.get(page_of(ann)).content.decode()

        page = support.post(path_of(action, ann), follow=True).content.decode()

        assert not offered
        assert "Nothing was done" in page
        assert log_of(ann) == []

    def test_nothing_can_be_done_to_an_account_that_is_being_deleted(self, support, ann):
        User.objects.update(is_active=False, closed_at=now())

        for action in ACTIONS:
            support.post(path_of(action, ann))

        ann.refresh_from_db()
        assert not ann.is_active
        assert log_of(ann) == []

    def test_an_unknown_action_or_user_is_a_404(self, support, ann):
        assert support.post(path_of("delete", ann)).status_code == 404
        assert support.post(f"{USERS}zz/support/unlock/").status_code == 404


class TestTheLog:
    def test_it_says_who_did_what_to_whom_and_when(self, support, ann):
        lock_out()
        for action in ("unlock", "sign-out", "send-reset", "deactivate", "reactivate"):
            support.post(path_of(action, ann))

        page = support.get(page_of(ann)).content.decode()

        assert log_of(ann) == [("sam@example.com", action) for action in ACTIONS]
        assert page.count("<td>sam@example.com</td>") == len(ACTIONS)
        assert f'<th scope="row">{now():%-d %b %Y}, ' in page
        assert "<td>Deactivated</td>" in page

    def test_it_has_what_superusers_do_on_their_own_pages(self, client, ann):
        owner = UserFactory(is_staff=True, is_superuser=True)
        client.force_login(owner)
        many = {"action": "sign_out_everywhere", "_selected_action": [str(ann.pk)]}

        client.post(f"{USERS}?q=ann@", many)
        client.post(page_of(ann), {"weight_unit": "lb", "is_active": "on"})
        client.post(page_of(ann), {"weight_unit": "lb"})
        client.post(page_of(ann), {"weight_unit": "lb", "is_active": "on"})

        assert [action for _, action in log_of(ann)] == ["sign-out", "deactivate", "reactivate"]

    def test_it_outlives_the_account_of_a_member_of_staff(self, support, ann, sam):
        support.post(path_of("sign-out", ann))
        sam.delete()
        support.force_login(UserFactory(is_staff=True, is_superuser=True))

        assert "a deleted account" in support.get(page_of(ann)).content.decode()


class TestLimits:
    """What support must not do."""

    @pytest.mark.parametrize("action", ACTIONS)
    @pytest.mark.parametrize("rights", [{"is_staff": True}, {"is_superuser": True}])
    def test_only_superusers_support_staff_and_superusers(self, support, action, rights):
        other = UserFactory(**rights)

        refused = support.post(path_of(action, other))
        offered = path_of(action, other) in support.get(page_of(other)).content.decode()

        assert refused.status_code == 403
        assert not offered
        assert log_of(other) == []

    def test_superusers_support_staff(self, client, sam):
        client.force_login(UserFactory(is_staff=True, is_superuser=True))

        client.post(path_of("deactivate", sam))

        sam.refresh_from_db()
        assert not sam.is_active

    @pytest.mark.parametrize("codename", ["view_user", "change_user", "view_exercise"])
    def test_other_permissions_give_no_support(self, client, ann, codename):
        clerk = UserFactory(is_staff=True)
        clerk.user_permissions.set(Permission.objects.filter(codename=codename))
        client.force_login(clerk)

        responses = [client.post(path_of(action, ann)) for action in ACTIONS]

        assert {response.status_code for response in responses} == {403}
        assert log_of(ann) == []

    def test_an_account_is_not_changed_by_its_form(self, support, ann):
        before = User.objects.documents.get(ann.pk)
        rights = {"is_staff": "on", "is_superuser": "on", "email": "sam@example.org"}
        passwords = {"password1": "another horse 9", "password2": "another horse 9"}

        changed = support.post(page_of(ann), {"name": "Sam", "weight_unit": "lb", **rights})
        password = support.post(f"{USERS}{ann.pk}/password/", passwords)
        added = support.post(f"{USERS}add/", {"email": "new@example.com", **passwords})

        assert [r.status_code for r in (changed, password, added)] == [403] * 3
        assert User.objects.documents.get(ann.pk) == before

    def test_training_data_is_not_shown(self, support, ann):
        routine, session = RoutineFactory(user=ann, name="Leg day"), SessionFactory(user=ann)
        pages = {
            *("/admin/routines/routine/", "/admin/history/session/"),
            f"/admin/routines/routine/{routine.pk}/change/",
            f"/admin/history/session/{session.pk}/change/",
            f"/admin/history/session/{session.pk}/history/",
        }

        account = support.get(page_of(ann)).content.decode()

        assert {support.get(page).status_code for page in pages} == {403}
        hidden = (str(routine.pk), "Leg day", "/admin/history/", "/admin/routines/")
        assert not any(text in account for text in hidden)
