import django_mongodb_backend.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("exercises", "0010_imports")]

    operations = [
        migrations.CreateModel(
            name="CatalogueDismissal",
            fields=[
                (
                    "id",
                    django_mongodb_backend.fields.ObjectIdAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "exercise_ids",
                    django_mongodb_backend.fields.ArrayField(
                        base_field=django_mongodb_backend.fields.ObjectIdField(),
                        db_column="exerciseIds",
                    ),
                ),
                ("user_id", django_mongodb_backend.fields.ObjectIdField(db_column="userId")),
                ("at", models.DateTimeField()),
            ],
            options={"db_table": "catalogueDismissals", "default_permissions": ()},
        ),
    ]
