"""An index into the array of entries, which `Meta.indexes` can't name."""

from django.db import migrations

NAME = "history_of_user_by_exercise"
KEYS = {"userId": 1, "exercises.exerciseId": 1, "date": -1}


def make_index(apps, schema_editor):
    schema_editor.connection.get_collection("history").create_index(KEYS, name=NAME)


def drop_index(apps, schema_editor):
    schema_editor.connection.get_collection("history").drop_index(NAME)


class Migration(migrations.Migration):
    dependencies = [("history", "0001_initial")]

    operations = [migrations.RunPython(make_index, drop_index)]
