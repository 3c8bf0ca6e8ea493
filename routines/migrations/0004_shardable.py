"""Makes every index begin with `userId`, but for those that find the uses of an exercise and the
expired tombstones, and gives tombstones a `userId`."""

from django.db import migrations, models

from fitness_project.database.indexes import drop_indexes, make_indexes
from fitness_project.documents.indexes import retries, tombstones
from fitness_project.documents.tombstones import with_owners

OLD = ("routines_of_user", "routines_deletions", "routines_once", "tombstones_expire")
NEWEST_FIRST = {"userId": 1, "createdAt": -1, "_id": -1}
BY_EXERCISE = {"exercises.exerciseId": 1, "userId": 1}


class Migration(migrations.Migration):
    dependencies = [("routines", "0003_by_id")]

    operations = [
        with_owners("routines"),
        drop_indexes("routines", *OLD),
        migrations.SeparateDatabaseAndState(
            # These can be run again, unlike Django's own operations.
            database_operations=[
                make_indexes(
                    "routines",
                    {
                        "routines_by_exercise": (BY_EXERCISE, {}),
                        "routines_newest_first": (NEWEST_FIRST, {}),
                        **retries("routines"),
                        **tombstones("routines"),
                    },
                )
            ],
            state_operations=[
                migrations.RemoveIndex("routine", "routines_of_user"),
                migrations.AddIndex(
                    "routine",
                    models.Index(
                        fields=["user", "-created_at", "-id"], name="routines_newest_first"
                    ),
                ),
            ],
        ),
    ]
