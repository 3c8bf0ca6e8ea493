"""Moves the staff to whom migration 0005 gave permissions to the group "Curator"."""

from importlib import import_module
from typing import Any

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

exercise_permissions = import_module("exercises.migrations.0005_curators").exercise_permissions


def staff_join(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """If there are none, the group is made after the migration."""
    given = exercise_permissions(apps)
    curators = [user for user in _staff(apps) if _has_all(user, given)]
    if not curators:
        return
    group, _ = apps.get_model("auth", "Group").objects.get_or_create(name="Curator")
    group.permissions.add(*given, *exercise_permissions(apps, ("merge", "import")))
    for user in curators:
        user.groups.add(group)
        user.user_permissions.remove(*given)


def _staff(apps: Apps) -> Any:
    users = apps.get_model("accounts", "User").objects
    return users.filter(is_staff=True, is_superuser=False)


def _has_all(user: Any, permissions: list[Any]) -> bool:
    given = type(user).user_permissions.through.objects.filter(user_id=user.pk)
    ids = set(given.values_list("permission_id", flat=True))
    return ids >= {permission.pk for permission in permissions}


class Migration(migrations.Migration):
    dependencies = [("exercises", "0007_audit")]

    operations = [
        migrations.AlterModelOptions(
            name="exercise",
            options={
                "permissions": [
                    ("merge_exercise", "Can merge exercise"),
                    ("import_exercise", "Can import exercise"),
                ]
            },
        ),
        migrations.RunPython(staff_join, migrations.RunPython.noop),
    ]
