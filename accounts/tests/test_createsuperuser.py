import pytest
from django.core.management import CommandError, call_command

from accounts.models import User

pytestmark = pytest.mark.django_db


def create(password, monkeypatch):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", password)
    call_command("createsuperuser", interactive=False, email="staff@example.com")


def test_a_password_from_the_environment_is_validated(monkeypatch):
    with pytest.raises(CommandError, match="DJANGO_SUPERUSER_PASSWORD: This"):
        create("short", monkeypatch)

    assert not User.objects.exists()


def test_a_good_one_creates_the_account(monkeypatch):
    create("correct horse battery", monkeypatch)

    assert User.objects.get().is_superuser
