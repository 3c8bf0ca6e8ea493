"""MongoDB deletes Django's sessions once they have expired.

Django already has an ascending index on `expire_date`, and MongoDB refuses a second index with the
same keys. This one is therefore descending.
"""

from django.db import migrations

from fitness_project.database.indexes import make_indexes

EXPIRE = {"expiry": ({"expire_date": -1}, {"expireAfterSeconds": 0})}


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_expiry"), ("sessions", "0001_initial")]

    operations = [make_indexes("django_session", EXPIRE)]
