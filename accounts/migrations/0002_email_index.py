"""The plain unique index on `email`.

The backend makes unique indexes partial (`{email: {$type: "string"}}`), and MongoDB uses a
partial index only for queries that state its condition: a sign-in would read all users.
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
