from django.db import migrations

from fitness_project.documents.indexes import for_offline_use


class Migration(migrations.Migration):
    dependencies = [("history", "0002_exercise_index")]

    operations = [for_offline_use("history")]
