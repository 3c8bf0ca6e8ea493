from django.db import migrations

from fitness_project.documents.indexes import for_offline_use


class Migration(migrations.Migration):
    dependencies = [("routines", "0001_initial")]

    operations = [for_offline_use("routines")]
