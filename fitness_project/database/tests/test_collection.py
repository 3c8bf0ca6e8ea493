"""Whatever way a collection of the embedded database is reached, it is ours."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pymongo import ReadPreference

from fitness_project.database.embedded.collection import EmbeddedCollection
from fitness_project.database.embedded.cursor import EmbeddedCursor

WAYS = {
    "client[]": lambda client: client["gym"]["log"],
    "client.name": lambda client: client.gym.log,
    "get_database": lambda client: client.get_database("gym").get_collection("log"),
    "get_default_database": lambda client: client.get_default_database("gym")["log"],
    "database.with_options": lambda client: client["gym"].with_options()["log"],
    "create_collection": lambda client: client["gym"].create_collection("log"),
    "with_options": lambda client: client["gym"]["log"].with_options(),
    "of a collection": lambda client: client["gym"]["log"]["old"],
    "a collection's attribute": lambda client: client["gym"].log.old,
}


@pytest.mark.parametrize("way", WAYS)
def test_every_collection_is_ours(gym, way):
    collection = WAYS[way](gym.database.client)

    assert type(collection) is EmbeddedCollection
    assert type(collection.find()) is EmbeddedCursor
    assert type(collection.find().clone()) is EmbeddedCursor


def test_options_are_kept(gym):
    options = {
        "codec_options": gym.codec_options.with_options(tz_aware=True),
        "read_preference": ReadPreference.NEAREST,
    }

    from_database = gym.database.get_collection("log", **options)
    from_collection = gym.with_options(**options)

    for collection in (from_database, from_collection, from_collection.with_options()):
        assert collection.codec_options.tz_aware
        assert collection.read_preference == ReadPreference.NEAREST


def test_djangos_connection_gives_ours(db):
    if "embedded" not in connection.settings_dict["ENGINE"]:
        pytest.skip("MONGODB_URI names another database.")

    with CaptureQueriesContext(connection):
        logged = connection.get_collection("probe").collection

    for collection in (connection.get_collection("probe"), connection.database["probe"], logged):
        assert type(collection) is EmbeddedCollection
