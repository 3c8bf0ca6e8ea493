from django.db import migrations

from fitness_project.database.indexes import of_owned


class Migration(migrations.Migration):
    dependencies = [("history", "0002_exercise_index")]

    operations = [of_owned("history")]
