from django.db import migrations

from fitness_project.documents.indexes import for_tombstones


class Migration(migrations.Migration):
    dependencies = [("exercises", "0001_initial")]

    operations = [for_tombstones("exercises")]
