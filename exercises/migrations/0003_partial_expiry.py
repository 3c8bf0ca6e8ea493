from django.db import migrations

from fitness_project.database.indexes import drop_indexes
from fitness_project.documents.indexes import for_tombstones


class Migration(migrations.Migration):
    dependencies = [("exercises", "0002_tombstones")]

    operations = [drop_indexes("exercises", "tombstones_expire"), for_tombstones("exercises")]
