"""E-mails through a real SMTP server, and without one."""

import socket
import time
from email import message_from_bytes, policy

import pytest
from aiosmtpd.controller import Controller

from accounts import mail
from accounts.tests.factories import UserFactory
from fitness_project.database import deadline
from fitness_project.serving.request_ids import RequestIdFilter

RESET = "/api/auth/password/reset"

pytestmark = pytest.mark.django_db


class Inbox:
    def __init__(self):
        self.messages = []

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - aiosmtpd's name
        self.messages.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"


@pytest.fixture
def smtp(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    inbox = Inbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        settings.EMAIL_HOST, settings.EMAIL_PORT = free.getsockname()
    controller = Controller(inbox, hostname="127.0.0.1", port=settings.EMAIL_PORT)
    controller.start()
    yield inbox
    controller.stop()


def test_a_reset_email_arrives_complete(smtp, anonymous):
    UserFactory(email="ann@example.com")

    anonymous.post(RESET, {"email": "ann@example.com"})

    (message,) = smtp.messages
    assert message["To"] == "ann@example.com"
    assert message["From"] == "fitness@localhost"
    assert message["Subject"] == "Choose a new password"
    text, html = (message.get_body([kind]).get_content() for kind in ("plain", "html"))
    assert "asked for a new password" in text
    assert "/password-reset/" in text
    assert "/password-reset/" in html


def test_the_email_does_not_contain_the_users_name(smtp, anonymous):
    UserFactory(email="ann@example.com", name="You won: https://evil.example")

    anonymous.post(RESET, {"email": "ann@example.com"})

    (message,) = smtp.messages
    for kind in ("plain", "html"):
        assert "evil" not in message.get_body([kind]).get_content()


def test_an_unreachable_mail_server_is_logged_and_hidden_from_the_client(
    anonymous, settings, caplog
):
    UserFactory(email="ann@example.com")
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    caplog.handler.addFilter(RequestIdFilter())

    response = anonymous.post(RESET, {"email": "ann@example.com"})

    assert response.status_code == 202
    (record,) = caplog.records
    assert record.getMessage() == "An e-mail was not sent (send_password_reset)."
    assert record.request_id == response["X-Request-Id"]


def test_a_delayed_email_is_not_bound_by_the_requests_deadline(smtp, anonymous, monkeypatch):
    UserFactory(email="ann@example.com")
    late = []
    monkeypatch.setattr(mail.background, "submit", lambda *work: late.append(work))
    monkeypatch.setattr(deadline, "SECONDS", 0.5)
    anonymous.post(RESET, {"email": "ann@example.com"})
    time.sleep(0.6)

    [(run, *args)] = late
    run(*args)

    assert len(smtp.messages) == 1
