"""Django's sessions end by themselves.

Django has an index on `expire_date` already. MongoDB takes no second one of the same keys, but one
in the other direction.
"""

from django.db import migrations

from fitness_project.database.indexes import make_indexes

EXPIRE = {"expiry": ({"expire_date": -1}, {"expireAfterSeconds": 0})}


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_expiry"), ("sessions", "0001_initial")]

    operations = [make_indexes("django_session", EXPIRE)]
