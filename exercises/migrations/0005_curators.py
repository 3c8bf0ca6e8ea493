"""Gives existing staff Django's permissions for exercises, which the API now asks for, too."""

from typing import Any

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def keep_rights_of_staff(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    staff = apps.get_model("accounts", "User").objects.filter(is_staff=True, is_superuser=False)
    if not staff.exists():
        return
    permissions = exercise_permissions(apps)
    for user in staff:
        user.user_permissions.add(*permissions)


def exercise_permissions(
    apps: Apps, actions: tuple[str, ...] = ("view", "add", "change", "delete")
) -> list[Any]:
    """Django creates permissions only after all migrations, unless they exist already."""
    kind, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label="exercises", model="exercise"
    )
    permissions = apps.get_model("auth", "Permission").objects
    return [
        permissions.get_or_create(
            content_type=kind,
            codename=f"{action}_exercise",
            defaults={"name": f"Can {action} exercise"},
        )[0]
        for action in actions
    ]


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("auth", "0001_initial"),
        ("contenttypes", "0001_initial"),
        ("exercises", "0004_name_keys"),
    ]

    operations = [migrations.RunPython(keep_rights_of_staff, migrations.RunPython.noop)]
