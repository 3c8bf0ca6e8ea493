"""The index by which a new name is found among the names of exercises that were merged away."""

from django.db import migrations

from fitness_project.database.indexes import make_indexes


class Migration(migrations.Migration):
    dependencies = [("exercises", "0008_curator_group")]

    operations = [make_indexes("exercises", {"exercises_by_alias": ({"aliases.key": 1}, {})})]
