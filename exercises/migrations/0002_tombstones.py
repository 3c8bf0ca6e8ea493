from django.db import migrations

from fitness_project.database.indexes import TOMBSTONES_EXPIRE, make_indexes


class Migration(migrations.Migration):
    dependencies = [("exercises", "0001_initial")]

    operations = [make_indexes("exercises", TOMBSTONES_EXPIRE)]
