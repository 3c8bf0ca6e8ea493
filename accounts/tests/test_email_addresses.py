"""An address with an international domain is one address in either spelling, everywhere."""

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection
from hypothesis import example, given
from hypothesis import strategies as st
from rest_framework.serializers import ValidationError
from rest_framework.test import APIClient

from accounts.models import User
from accounts.serializers import NewEmailField
from accounts.signing_in import lockout
from accounts.tests.calls import ME, error, login
from accounts.tests.factories import PASSWORD, UserFactory
from conftest import client_of
from fitness_project.api.email_addresses import canonical, in_ascii, spellings
from fitness_project.api.fields import EmailField
from routines.tests.factories import RoutineFactory

UNICODE, ASCII = "ann@bücher.example", "ann@xn--bcher-kva.example"
SPELLINGS = (UNICODE, ASCII, "Ann@BÜCHER.example", "ANN@XN--BCHER-KVA.EXAMPLE")
REGISTER, RESET = "/api/auth/register", "/api/auth/password/reset"


def register(email):
    return APIClient().post(REGISTER, {"email": email, "password": PASSWORD})


class TestTheSpellings:
    @pytest.mark.parametrize("email", [*SPELLINGS, "ann@bu\u0308cher.example"])
    def test_there_is_one_to_store_and_one_for_mail_servers(self, email):
        assert (canonical(email), in_ascii(email)) == (UNICODE, ASCII)

    def test_a_domain_is_not_taken_for_that_of_somebody_else(self):
        assert canonical("ann@faß.de") == "ann@faß.de"
        assert in_ascii("ann@faß.de") == "ann@xn--fa-hia.de"

    @pytest.mark.parametrize("email", ["ann@example.com", "a@b@c_d.com", "r3---x@a--b.example", ""])
    def test_of_an_ascii_address_there_is_only_one(self, email):
        assert canonical(email) == in_ascii(email) == email
        assert spellings(email) == [email]

    @pytest.mark.parametrize(
        "email", ["ann@xn--a.example", "ann@i❤.ws", "ann@ü..de", "\ud800@\ud800", "@" + "ü" * 400]
    )
    def test_an_invalid_domain_stays_as_it_is(self, email):
        assert canonical(email) == email
        assert spellings(email) == [email]


@pytest.mark.django_db
class TestAnAccount:
    @pytest.fixture(params=[UNICODE, ASCII])
    def registered(self, request):
        """Registered in one spelling or the other."""
        return register(request.param).json()

    @pytest.mark.parametrize("email", SPELLINGS)
    def test_signs_in_with_either(self, registered, email):
        assert registered["user"]["email"] == UNICODE
        assert login(PASSWORD, email).status_code == 200

    @pytest.mark.parametrize("email", SPELLINGS)
    def test_takes_both(self, registered, email):
        assert error(register(email)) == ("/email", "unique")

    @pytest.mark.parametrize("email", [UNICODE, ASCII])
    def test_gets_a_reset_by_either_at_the_spelling_for_mail_servers(self, registered, email):
        APIClient().post(RESET, {"email": email})

        assert [message.to for message in mail.outbox] == [[ASCII]]

    @pytest.mark.parametrize("email", SPELLINGS)
    def test_may_send_back_either(self, registered, email):
        api = APIClient(headers={"Authorization": f"Bearer {registered['access']}"})

        assert api.patch(ME, {"email": email}).json()["email"] == UNICODE

    def test_counts_wrong_passwords_for_both_together(self, registered, monkeypatch):
        monkeypatch.setattr(lockout, "MAX_FAILURES_PER_EMAIL", 2)
        for email in (UNICODE, ASCII):
            login("wrong horse 9", email)

        assert [login(PASSWORD, email).status_code for email in SPELLINGS] == [429] * 4
        assert lockout.locked_until(UNICODE) == lockout.locked_until(ASCII) is not None

        lockout.unlock(ASCII)
        assert login(PASSWORD, UNICODE).status_code == 200

    @pytest.mark.parametrize("email", [UNICODE, ASCII])
    def test_is_known_by_either_when_another_one_wants_its_address(self, api, registered, email):
        api.post("/api/auth/email", {"newEmail": email, "password": PASSWORD})

        _, message = mail.outbox
        assert message.to == [ASCII]
        assert "there is an account" in message.body


@pytest.mark.django_db
class TestStaff:
    @pytest.fixture
    def staff(self, client):
        client.force_login(UserFactory(is_staff=True, is_superuser=True))
        return client

    @pytest.mark.parametrize("sought", SPELLINGS)
    @pytest.mark.parametrize("stored", [UNICODE, ASCII])
    def test_find_a_user(self, staff, stored, sought):
        user = UserFactory()
        _store(user, stored)

        page = staff.get("/admin/accounts/user/", {"q": sought}).content.decode()

        assert f"/admin/accounts/user/{user.pk}/" in page

    @pytest.mark.parametrize("sought", [UNICODE, ASCII])
    def test_find_a_users_documents(self, staff, sought):
        routine = RoutineFactory(user=UserFactory(email=UNICODE))

        page = staff.get("/admin/routines/routine/", {"q": sought}).content.decode()

        assert str(routine.pk) in page

    def test_cannot_add_a_second_account(self, staff):
        _store(UserFactory(), ASCII)
        typed = {"email": UNICODE, "password1": PASSWORD, "password2": PASSWORD}

        page = staff.post("/admin/accounts/user/add/", typed).content.decode()

        assert page.count("This e-mail address is taken.") == 1

    def test_sign_in_to_the_admin_with_either(self, client):
        UserFactory(email=UNICODE, is_staff=True)

        typed = {"username": ASCII, "password": PASSWORD}
        assert client.post("/admin/login/", typed).status_code == 302

    def test_createsuperuser_knows_both(self, monkeypatch):
        monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
        call_command("createsuperuser", interactive=False, email=ASCII)

        assert User.objects.get().email == UNICODE
        with pytest.raises(CommandError, match="already taken"):
            call_command("createsuperuser", interactive=False, email=UNICODE)


def _store(user, email):
    """As an account from before is stored, in whichever spelling it was registered."""
    connection.database["users"].delete_one({"_id": user.pk})
    stored = {"_id": user.pk, "email": email, "password": user.password, "weightUnit": "kg"}
    flags = {"isActive": True, "isStaff": False, "isSuperuser": False}
    dates = {"dateJoined": user.date_joined, "routines": []}
    connection.database["users"].insert_one({**stored, **flags, **dates})


@pytest.mark.django_db
class TestAnAccountFromBefore:
    @pytest.mark.parametrize("stored", [ASCII, "ann@i❤.ws", "ann@xn--a.example"])
    def test_keeps_working_under_the_spelling_that_it_has(self, stored):
        _store(UserFactory(), stored)

        signed_in = login(PASSWORD, stored)
        APIClient().post(RESET, {"email": stored})

        assert signed_in.json()["user"]["email"] == stored
        assert len(mail.outbox) == 1

    def test_works_under_the_other_spelling_too_and_takes_it(self):
        _store(UserFactory(), ASCII)

        assert login(PASSWORD, UNICODE).status_code == 200
        assert error(register(UNICODE)) == ("/email", "unique")
        with pytest.raises(IntegrityError):
            User.objects.create_user(UNICODE, PASSWORD)

    def test_two_that_have_one_spelling_each_stay_two(self):
        first, second = UserFactory(), UserFactory()
        _store(first, ASCII)
        _store(second, UNICODE)

        ids = [login(PASSWORD, email).json()["user"]["id"] for email in (ASCII, UNICODE)]

        assert ids == [str(first.pk), str(second.pk)]

    def test_may_send_back_what_it_reads(self):
        user = UserFactory()
        _store(user, ASCII)
        api = client_of(user)

        assert api.patch(ME, api.get(ME).json()).json()["email"] == ASCII


@pytest.mark.django_db
@pytest.mark.parametrize("local", ["ünn", "ann\u200b", "анна", "ａnn"])
def test_a_local_part_that_is_not_ascii_is_a_400_that_says_so(api, local):
    email = f"{local}@example.com"
    change = {"newEmail": email, "password": PASSWORD}
    refused = [register(email), login(PASSWORD, email), api.post("/api/auth/email", change)]

    for response in refused:
        assert error(response)[1] == "invalid"
        assert "must be ASCII" in response.json()["errors"][0]["detail"]


@pytest.mark.django_db
@pytest.mark.parametrize("domain", ["xn--a.example", "i❤.ws", "ü..example", "xn--.example"])
def test_a_new_address_with_an_invalid_domain_is_a_400(domain):
    assert error(register(f"ann@{domain}")) == ("/email", "invalid")


@pytest.mark.django_db
def test_joiners_in_a_domain_are_accepted_wherever_an_address_is_sent():
    email = "ann@xn--mgba3gch31f060k.com"  # It has a zero-width non-joiner.
    shown = register(email).json()["user"]["email"]

    assert "\u200c" in shown
    for each in (email, shown):
        assert login(PASSWORD, each).status_code == 200
        assert APIClient().post(RESET, {"email": each}).status_code == 202
    api = client_of(User.objects.get(email=shown))
    assert api.patch(ME, {"email": shown}).json()["email"] == shown


@pytest.mark.django_db
def test_an_ideographic_full_stop_is_accepted_wherever_an_address_is_sent():
    assert register("ann@b。example").json()["user"]["email"] == "ann@b.example"

    assert login(PASSWORD, "ann@b。example").status_code == 200


DOMAINS = st.text(st.characters(codec="utf-8"), min_size=1) | st.from_regex(
    r"xn--[a-z0-9-]{1,20}", fullmatch=True
)


@given(DOMAINS)
@example("faß")
@example("İ")
@example("xn--mgba3gch31f060k")
def test_what_is_stored_is_an_address_itself(domain):
    try:
        stored = NewEmailField().run_validation(f"ann@{domain}.com")
    except ValidationError:
        return

    assert EmailField().run_validation(stored) == stored
    assert NewEmailField().run_validation(stored) == stored


@pytest.mark.django_db
@pytest.mark.parametrize("local", ['"ann"', "=?utf-8?q?ann?="])
def test_a_new_address_must_not_be_one_more_spelling_of_a_local_part(local):
    assert error(register(f"{local}@example.com")) == ("/email", "invalid")


@pytest.mark.django_db
def test_an_address_with_one_spelling_costs_no_search_before_it_is_stored(command_log):
    command_log.clear()

    register("new@example.com")

    assert [c for _, c in command_log if c.get("aggregate") == "users"] == []
