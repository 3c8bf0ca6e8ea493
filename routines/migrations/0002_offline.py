from django.db import migrations

from fitness_project.documents.indexes import for_changes, for_retries


class Migration(migrations.Migration):
    dependencies = [("routines", "0001_initial")]

    operations = [for_changes("routines"), for_retries("routines")]
