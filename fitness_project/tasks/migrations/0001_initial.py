"""The collection of tasks. MongoDB deletes those that succeeded a day later."""

from django.db import migrations

from fitness_project.database.indexes import make_indexes

INDEXES = {
    "tasks_due": ({"dueAt": 1}, {}),
    "tasks_expire": ({"expiresAt": 1}, {"expireAfterSeconds": 0}),
}


class Migration(migrations.Migration):
    operations = [make_indexes("tasks", INDEXES)]
