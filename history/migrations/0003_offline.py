from django.db import migrations

from fitness_project.documents.indexes import for_changes, for_retries


class Migration(migrations.Migration):
    dependencies = [("history", "0002_exercise_index")]

    operations = [for_changes("history"), for_retries("history")]
