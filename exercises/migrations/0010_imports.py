"""The collections of imports, whose documents expire."""

import django_mongodb_backend.fields
from django.db import migrations, models

from fitness_project.database.indexes import make_indexes


class Migration(migrations.Migration):
    dependencies = [("exercises", "0009_aliases")]

    operations = [
        migrations.CreateModel(
            name="CatalogueImport",
            fields=[
                (
                    "id",
                    django_mongodb_backend.fields.ObjectIdAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "user_id",
                    django_mongodb_backend.fields.ObjectIdField(db_column="userId", null=True),
                ),
                ("file_name", models.CharField(db_column="fileName", max_length=255)),
                ("created_at", models.DateTimeField(db_column="createdAt")),
                ("expires_at", models.DateTimeField(db_column="expiresAt")),
                ("status", models.CharField(max_length=20)),
            ],
            options={
                "verbose_name": "import",
                "db_table": "catalogueImports",
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="CatalogueImportPart",
            fields=[
                (
                    "id",
                    django_mongodb_backend.fields.ObjectIdAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "import_id",
                    django_mongodb_backend.fields.ObjectIdField(db_column="importId"),
                ),
                ("number", models.IntegerField()),
                ("is_done", models.BooleanField(db_column="isDone", default=False)),
            ],
            options={
                "db_table": "catalogueImportParts",
                "default_permissions": (),
                "indexes": [models.Index(fields=["import_id", "number"], name="parts_of_import")],
            },
        ),
        make_indexes(
            "catalogueImports", {"imports_expire": ({"expiresAt": 1}, {"expireAfterSeconds": 0})}
        ),
        make_indexes(
            "catalogueImportParts", {"parts_expire": ({"expiresAt": 1}, {"expireAfterSeconds": 0})}
        ),
    ]
