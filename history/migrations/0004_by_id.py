from django.db import migrations

from fitness_project.documents.indexes import for_one_document


class Migration(migrations.Migration):
    dependencies = [("history", "0003_offline")]

    operations = [for_one_document("history")]
