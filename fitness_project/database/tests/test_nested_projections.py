"""Nested projections reach the embedded server as dotted paths."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from fitness_project.database.embedded.workarounds.nested_projections import flatten_projections

NESTED = [{"$project": {"_id": 0, "group": {"name": 1}}}]


@pytest.mark.parametrize("stage", ["$project", "$addFields", "$set"])
def test_nested_fields_become_dotted_paths(stage):
    pipeline = [{stage: {"group": {"name": 1, "type": {"label": "$label"}}, "name": 1}}]

    flat = flatten_projections(pipeline)

    assert flat == [{stage: {"group.name": 1, "group.type.label": "$label", "name": 1}}]


def test_expressions_are_unchanged():
    pipeline = [{"$project": {"volume": {"$multiply": ["$reps", {"$add": [1, 2]}]}, "a": {}}}]

    flat = flatten_projections(pipeline)

    assert flat == pipeline


def test_expressions_in_nested_fields_are_unchanged():
    pipeline = [{"$set": {"best": {"weight": {"$max": "$weights"}}}}]

    flat = flatten_projections(pipeline)

    assert flat == [{"$set": {"best.weight": {"$max": "$weights"}}}]


def test_other_stages_are_unchanged():
    pipeline = [
        {"$match": {"group": {"name": "staff"}}},
        {"$group": {"_id": {"user": "$userId"}}},
        {"$replaceRoot": {"newRoot": {"a": {"b": "$c"}}}},
        {"$lookup": {"from": "users", "localField": "a", "foreignField": "b", "as": "c"}},
        {"$unionWith": "archive"},
    ]

    flat = flatten_projections(pipeline)

    assert flat == pipeline


def test_inner_pipelines_are_flattened_too():
    inner = [{"$project": {"a": {"b": 1}}}]
    flat_inner = [{"$project": {"a.b": 1}}]

    flat = flatten_projections(
        [
            {"$lookup": {"from": "users", "as": "user", "pipeline": inner}},
            {"$facet": {"one": inner, "two": [{"$unionWith": {"coll": "c", "pipeline": inner}}]}},
        ]
    )

    assert flat == [
        {"$lookup": {"from": "users", "as": "user", "pipeline": flat_inner}},
        {
            "$facet": {
                "one": flat_inner,
                "two": [{"$unionWith": {"coll": "c", "pipeline": flat_inner}}],
            }
        },
    ]


def test_the_argument_is_not_modified():
    pipeline = [{"$facet": {"one": [{"$set": {"a": {"b": 1}}}]}}]

    flatten_projections(pipeline)

    assert pipeline == [{"$facet": {"one": [{"$set": {"a": {"b": 1}}}]}}]


def test_the_embedded_server_needs_the_workaround(gym, raw_gym):
    """When plain PyMongo gets the right result, `nested_projections` can be removed."""
    gym.insert_one({"group": {"name": "staff", "size": 3}})

    plain = raw_gym.aggregate(NESTED).to_list()
    rewritten = gym.aggregate(NESTED).to_list()

    assert plain == [{"group": {"name": 1}}]
    assert rewritten == [{"group": {"name": "staff"}}]


def test_added_fields_are_merged_into_their_document(gym, raw_gym):
    gym.insert_one({"_id": 1, "group": {"name": "staff"}})
    adding = [{"$addFields": {"group": {"size": 3}}}]

    plain = raw_gym.aggregate(adding).to_list()
    rewritten = gym.aggregate(adding).to_list()

    assert plain == [{"_id": 1, "group": {"size": 3}}]
    assert rewritten == [{"_id": 1, "group": {"name": "staff", "size": 3}}]


def test_djangos_connection_returns_right_results(db):
    collection = connection.get_collection("probe")
    connection.database["probe"].insert_one({"group": {"name": "staff"}})

    with CaptureQueriesContext(connection) as logged:
        result = collection.aggregate(NESTED).to_list()
        logged_result = connection.get_collection("probe").aggregate(NESTED).to_list()

    connection.database["probe"].drop()
    assert result == logged_result == [{"group": {"name": "staff"}}]
    assert len(logged) == 1
