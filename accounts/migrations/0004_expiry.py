"""MongoDB deletes sign-ins and counts of attempts once they have expired."""

from django.db import migrations

from fitness_project.database.indexes import make_indexes

EXPIRE = {"expiry": ({"expiresAt": 1}, {"expireAfterSeconds": 0})}


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_sign_ins")]

    operations = [make_indexes("sign_ins", EXPIRE), make_indexes("login_attempts", EXPIRE)]
