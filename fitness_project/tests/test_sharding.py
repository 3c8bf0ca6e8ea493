"""Every command on users' documents goes to one shard, but for a few that are named."""

import pytest
from bson import ObjectId
from django.db import connection

from exercises.references import used_among
from history.models import Session
from routines.models import Routine

from . import sharding

pytestmark = pytest.mark.django_db

USER = ObjectId()


@pytest.mark.parametrize("collection", sharding.COLLECTIONS)
@pytest.mark.parametrize("exemption", sharding.EXEMPTIONS, ids=lambda e: e.purpose)
def test_an_index_serves_each_command_that_names_no_user(collection, exemption):
    index = exemption.served_by.format(collection=collection)

    indexes = connection.database[collection].index_information()

    assert indexes[index]["key"][0][0] in exemption.fields


@pytest.mark.parametrize("model", [Routine, Session])
def test_a_unique_index_begins_with_the_user(model):
    indexes = connection.database[model._meta.db_table].index_information()

    unique = [index["key"][0] for index in indexes.values() if index.get("unique")]

    assert unique == [("userId", 1)]


def check_as(sender, command):
    """Checks the command as if the file `sender` had sent it."""
    code = compile("check(command)", sharding.PROJECT / sender, "exec")
    exec(code, {"check": sharding.check, "command": command})  # noqa: S102
    return [sharding.offences.pop() for _ in list(sharding.offences)]


def test_a_command_without_the_user_is_an_offence():
    command = {"find": "history", "filter": {"routineId": ObjectId()}}

    assert check_as("history/views.py", command) == [("history/views.py", command)]


def test_only_the_admin_may_look_for_a_document_without_its_user():
    pipeline = [{"$match": {"createdAt": {"$ne": None}, "_id": ObjectId()}}]

    assert check_as("history/views.py", {"aggregate": "history", "pipeline": pipeline})


@pytest.mark.parametrize("matched", [{"userId": USER}, {"$and": [{"userId": {"$in": [USER]}}]}])
def test_a_command_for_one_user_is_none(matched):
    assert check_as("history/views.py", {"find": "history", "filter": matched}) == []


def test_the_uses_of_an_exercise_are_looked_for_everywhere(bench_press):
    assert used_among([bench_press.pk]) == set()
    assert not sharding.offences
