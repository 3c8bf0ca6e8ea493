"""The group whose members look after the catalogue."""

from typing import Any

from django.contrib.auth.models import Group, Permission

from fitness_project.database.transactions import transactional

GROUP = "Curator"


@transactional
def make_group(**_: Any) -> None:
    """Makes the group, after a migration: only then are there permissions to give it.

    A group of this name that exists is left as it is, because administrators may change it.
    """
    group, is_new = Group.objects.get_or_create(name=GROUP)
    if is_new:
        exercises = {"content_type__app_label": "exercises", "content_type__model": "exercise"}
        group.permissions.set(Permission.objects.filter(**exercises))
