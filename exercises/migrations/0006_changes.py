"""The index by which a process finds what has changed since its version of the catalogue."""

from django.db import migrations

from fitness_project.database.indexes import make_indexes


class Migration(migrations.Migration):
    dependencies = [("exercises", "0005_curators")]

    operations = [make_indexes("exercises", {"exercises_by_change": ({"changedIn": 1}, {})})]
