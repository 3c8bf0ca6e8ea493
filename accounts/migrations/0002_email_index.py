"""Replaces the unique index on `email` by one that isn't partial.

The backend creates partial unique indexes (`{email: {$type: "string"}}`), and MongoDB uses a
partial index only for queries that state its condition. Without the full index, each sign-in would
read all users.
"""

from django.db import migrations

PLAIN = "users_email"


def make_plain(apps, schema_editor):
    users = schema_editor.connection.get_collection("users")
    for name, index in users.index_information().items():
        if dict(index["key"]) == {"email": 1}:
            users.drop_index(name)
    users.create_index({"email": 1}, name=PLAIN, unique=True)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [migrations.RunPython(make_plain, migrations.RunPython.noop)]
