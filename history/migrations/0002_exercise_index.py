"""An index on a field of the entries, which `Meta.indexes` can't declare.

It finds the sessions that use an exercise, a single user's or everybody's.
"""

from django.db import migrations

from fitness_project.database.indexes import make_indexes

KEYS = {"exercises.exerciseId": 1, "userId": 1, "date": -1}


class Migration(migrations.Migration):
    dependencies = [("history", "0001_initial")]

    operations = [make_indexes("history", {"history_by_exercise": (KEYS, {})})]
