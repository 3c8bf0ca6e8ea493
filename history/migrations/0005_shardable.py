"""Makes every index begin with `userId`, but for those that find the uses of an exercise and the
expired tombstones, and gives tombstones a `userId`.

On a database made by this version, there is nothing left to do.
"""

from django.db import migrations

from fitness_project.database.indexes import drop_indexes, make_indexes
from fitness_project.documents.indexes import retries, tombstones
from fitness_project.documents.tombstones import with_owners

BY_EXERCISE = {"exercises.exerciseId": 1, "userId": 1, "date": -1}
OLD = ("history_of_user_by_exercise", "history_deletions", "history_once", "tombstones_expire")


class Migration(migrations.Migration):
    dependencies = [("history", "0004_by_id")]

    operations = [
        with_owners("history"),
        drop_indexes("history", *OLD),
        make_indexes(
            "history",
            {
                "history_by_exercise": (BY_EXERCISE, {}),
                **retries("history"),
                **tombstones("history"),
            },
        ),
        make_indexes("chosenIds", {"chosenIds_of_user": ({"userId": 1}, {})}),
    ]
