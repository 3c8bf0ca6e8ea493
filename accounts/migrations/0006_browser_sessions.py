"""Refresh tokens that may be sent again, browser sessions with their user's id, closed accounts.

Only Django's picture of the sign-ins and users changes here: the next migration converts the
stored documents.
"""

import django.db.models.deletion
import django_mongodb_backend.fields
from django.conf import settings
from django.db import migrations, models

import accounts.models
from fitness_project.database.indexes import drop_indexes_by_keys, make_indexes

BY_USER: dict = {"by_user": ({"userId": 1, "_id": 1}, {})}
STATE = [
    migrations.AddField(
        model_name="rotation",
        name="is_used",
        field=models.BooleanField(db_column="isUsed", default=False),
    ),
    migrations.AddField(
        model_name="rotation",
        name="pairs",
        field=django_mongodb_backend.fields.ArrayField(
            base_field=models.CharField(max_length=32), default=list
        ),
    ),
    migrations.RemoveField(model_name="signin", name="token_id"),
    migrations.RemoveField(model_name="signin", name="rotated"),
    migrations.AddField(
        model_name="signin",
        name="rotations",
        field=django_mongodb_backend.fields.EmbeddedModelArrayField(
            default=list, embedded_model=accounts.models.Rotation
        ),
    ),
    migrations.AddField(
        model_name="user",
        name="closed_at",
        field=models.DateTimeField(
            blank=True,
            db_column="closedAt",
            editable=False,
            null=True,
            verbose_name="being deleted since",
        ),
    ),
]


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_session_expiry"), ("admin", "0001_initial")]

    operations = [
        migrations.SeparateDatabaseAndState(state_operations=STATE),
        migrations.CreateModel(
            name="BrowserSession",
            fields=[
                (
                    "session_key",
                    models.CharField(
                        db_column="_id",
                        max_length=40,
                        primary_key=True,
                        serialize=False,
                        verbose_name="session key",
                    ),
                ),
                ("session_data", models.TextField(verbose_name="session data")),
                ("expire_date", models.DateTimeField(verbose_name="expire date")),
                (
                    "user_id",
                    django_mongodb_backend.fields.ObjectIdField(db_column="userId", null=True),
                ),
            ],
            options={
                "db_table": "browser_sessions",
                "default_permissions": (),
            },
        ),
        make_indexes(
            "browser_sessions",
            {**BY_USER, "expiry": ({"expire_date": 1}, {"expireAfterSeconds": 0})},
        ),
        make_indexes("sign_ins", BY_USER),
        drop_indexes_by_keys("sign_ins", {"userId": 1}),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name="signin",
                    name="user",
                    field=models.ForeignKey(
                        db_column="userId",
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                )
            ]
        ),
        # For the admin's list of staff.
        make_indexes(
            "users", {"staff": ({"isStaff": 1}, {"partialFilterExpression": {"isStaff": True}})}
        ),
        # For deleting an account, and with it what the admin's log says of the user.
        make_indexes(
            "django_admin_log",
            {
                "by_user": ({"user_id": 1, "_id": 1}, {}),
                "by_object": ({"object_id": 1, "_id": 1}, {}),
            },
        ),
    ]
