"""An index on a field of the entries, which `Meta.indexes` can't declare."""

from django.db import migrations

from fitness_project.database.indexes import make_indexes

KEYS = {"userId": 1, "exercises.exerciseId": 1, "date": -1}


class Migration(migrations.Migration):
    dependencies = [("history", "0001_initial")]

    operations = [make_indexes("history", {"history_of_user_by_exercise": (KEYS, {})})]
