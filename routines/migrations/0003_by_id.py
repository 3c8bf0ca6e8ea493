from django.db import migrations

from fitness_project.documents.indexes import for_one_document


class Migration(migrations.Migration):
    dependencies = [("routines", "0002_offline")]

    operations = [for_one_document("routines")]
