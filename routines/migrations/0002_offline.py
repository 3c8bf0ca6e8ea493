from django.db import migrations

from fitness_project.database.indexes import of_owned


class Migration(migrations.Migration):
    dependencies = [("routines", "0001_initial")]

    operations = [of_owned("routines")]
