"""Computes every exercise's `nameKey` again, because more names count as the same now.

Exercises that turn out to have the same name stay.
"""

from django.db import migrations

from exercises.names import name_key


def compute_again(apps, schema_editor):
    exercises = schema_editor.connection.database["exercises"]
    for exercise in exercises.find({"name": {"$exists": True}}, {"name": 1, "nameKey": 1}):
        key = name_key(exercise["name"])
        if key != exercise.get("nameKey"):
            exercises.update_one({"_id": exercise["_id"]}, {"$set": {"nameKey": key}})


class Migration(migrations.Migration):
    dependencies = [("exercises", "0003_partial_expiry")]

    operations = [migrations.RunPython(compute_again, migrations.RunPython.noop)]
