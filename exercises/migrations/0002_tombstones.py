from django.db import migrations

from fitness_project.database.indexes import make_indexes
from fitness_project.documents.indexes import TOMBSTONES_EXPIRE


class Migration(migrations.Migration):
    dependencies = [("exercises", "0001_initial")]

    operations = [make_indexes("exercises", TOMBSTONES_EXPIRE)]
