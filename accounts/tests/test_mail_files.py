"""Without a mail server, e-mails are files that only their owner may read."""

import stat

import pytest

from .factories import UserFactory


@pytest.fixture
def folder(settings, tmp_path):
    settings.EMAIL_BACKEND = "accounts.mail_files.EmailBackend"
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    return settings.EMAIL_FILE_PATH


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_an_email_is_a_file_that_the_log_names(db, anonymous, folder, caplog):
    UserFactory(email="ann@example.com")

    anonymous.post("/api/auth/password/reset", {"email": "ann@example.com"})

    (file,) = folder.iterdir()
    assert "To: ann@example.com" in file.read_text()
    assert "/password-reset/" in file.read_text()
    assert str(file) in caplog.text


def test_only_the_owner_may_read_it(db, anonymous, folder):
    UserFactory(email="ann@example.com")

    anonymous.post("/api/auth/password/reset", {"email": "ann@example.com"})

    assert mode(folder) == 0o700
    assert [mode(file) for file in folder.iterdir()] == [0o600]
