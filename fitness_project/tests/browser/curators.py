"""Staff who look after the catalogue, and the exercises in it."""

import json
import subprocess
from dataclasses import dataclass

from playwright.sync_api import Page

from fitness_project.tests.e2e.client import PASSWORD
from fitness_project.tests.e2e.service import Service

CREATE = """
from django.contrib.auth.models import Group
from accounts.models import User
user = User.objects.create_user({email!r}, {password!r}, is_staff=True)
user.groups.add(Group.objects.get(name="Curator"))
"""


@dataclass(frozen=True)
class Curator:
    """Staff in the group "Curator"."""

    email: str
    password: str = PASSWORD


def create_curator(service: Service, email: str) -> Curator:
    curator = Curator(email)
    code = CREATE.format(email=email, password=curator.password)
    _succeed(service.manage("shell", "--command", code))
    return curator


def sign_in(page: Page, curator: Curator) -> None:
    """On the page that asks for it."""
    page.locator("[name=username]").fill(curator.email)
    page.locator("[name=password]").fill(curator.password)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/login" not in url)


def add_exercises(service: Service, *exercises: dict) -> None:
    """Adds exercises in the layout of free-exercise-db, such as {"name": "Squat"}."""
    file = service.var_dir / "added.json"
    file.write_text(json.dumps(exercises))
    _succeed(service.manage("import_exercises", str(file)))


def _succeed(done: subprocess.CompletedProcess[str]) -> None:
    assert done.returncode == 0, done.stdout + done.stderr
