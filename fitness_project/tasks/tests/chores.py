"""Tasks for tests. They write to the collection `chores`."""

import time

from django.db import connection
from django_tasks import task

from fitness_project.database.deadline import remaining_seconds
from fitness_project.database.transactions import transactional
from fitness_project.serving.request_ids import current_request_id

A_DAY = 86_400.0


def chores():
    return connection.database["chores"]


def done():
    """What `note` has noted so far."""
    return [document["text"] for document in chores().find().sort("_id")]


@task()
def note(text, *, suffix=""):
    chores().insert_one({"text": text + suffix})


@task()
def note_request():
    chores().insert_one({"text": current_request_id()})


@task()
def note_remaining_seconds():
    chores().insert_one({"text": remaining_seconds(A_DAY)})


@task()
def fail():
    raise ValueError("This chore always fails.")


@task()
def count_to(last, pause=0.0):
    """Stores the numbers up to `last`, and counts them, each in a transaction of its own."""
    for number in range(1, last + 1):
        _count(number)
        time.sleep(pause)


@transactional
def _count(number):
    session = connection.session
    if chores().find_one({"_id": number}, session=session) is None:
        chores().insert_one({"_id": number}, session=session)
        counted = {"$inc": {"count": 1}}
        chores().update_one({"_id": "counter"}, counted, upsert=True, session=session)


@task()
def mark_to(last, pause=0.0):
    """Stores the numbers up to `last`, each in one write."""
    for number in range(1, last + 1):
        chores().update_one({"_id": number}, {"$set": {"marked": True}}, upsert=True)
        time.sleep(pause)
