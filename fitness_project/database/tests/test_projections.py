"""How nested projections are spelt for the embedded server, and why."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from fitness_project.database.embedded.workarounds.projections import flattened

NESTED = [{"$project": {"_id": 0, "group": {"name": 1}}}]


@pytest.mark.parametrize("stage", ["$project", "$addFields", "$set"])
def test_nested_fields_become_dotted_paths(stage):
    pipeline = [{stage: {"group": {"name": 1, "type": {"label": "$label"}}, "name": 1}}]

    flat = flattened(pipeline)

    assert flat == [{stage: {"group.name": 1, "group.type.label": "$label", "name": 1}}]


def test_expressions_stay_as_they_are():
    pipeline = [{"$project": {"volume": {"$multiply": ["$reps", {"$add": [1, 2]}]}, "a": {}}}]

    flat = flattened(pipeline)

    assert flat == pipeline


def test_expressions_in_nested_fields_stay_whole():
    pipeline = [{"$set": {"best": {"weight": {"$max": "$weights"}}}}]

    flat = flattened(pipeline)

    assert flat == [{"$set": {"best.weight": {"$max": "$weights"}}}]


def test_other_stages_stay_as_they_are():
    pipeline = [
        {"$match": {"group": {"name": "staff"}}},
        {"$group": {"_id": {"user": "$userId"}}},
        {"$replaceRoot": {"newRoot": {"a": {"b": "$c"}}}},
        {"$lookup": {"from": "users", "localField": "a", "foreignField": "b", "as": "c"}},
        {"$unionWith": "archive"},
    ]

    flat = flattened(pipeline)

    assert flat == pipeline


def test_inner_pipelines_are_flattened_too():
    inner = [{"$project": {"a": {"b": 1}}}]
    flat_inner = [{"$project": {"a.b": 1}}]

    flat = flattened(
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


def test_the_given_pipeline_is_not_changed():
    pipeline = [{"$facet": {"one": [{"$set": {"a": {"b": 1}}}]}}]

    flattened(pipeline)

    assert pipeline == [{"$facet": {"one": [{"$set": {"a": {"b": 1}}}]}}]


def test_the_embedded_server_needs_it(gym, raw_gym):
    """When the first answer is the right one, `projections` can go."""
    gym.insert_one({"group": {"name": "staff", "size": 3}})

    as_it_is = raw_gym.aggregate(NESTED).to_list()
    mended = gym.aggregate(NESTED).to_list()

    assert as_it_is == [{"group": {"name": 1}}]
    assert mended == [{"group": {"name": "staff"}}]


def test_added_fields_join_their_document(gym, raw_gym):
    gym.insert_one({"_id": 1, "group": {"name": "staff"}})
    adding = [{"$addFields": {"group": {"size": 3}}}]

    as_it_is = raw_gym.aggregate(adding).to_list()
    mended = gym.aggregate(adding).to_list()

    assert as_it_is == [{"_id": 1, "group": {"size": 3}}]
    assert mended == [{"_id": 1, "group": {"name": "staff", "size": 3}}]


def test_the_projects_own_connection_answers_rightly(db):
    collection = connection.get_collection("probe")
    connection.database["probe"].insert_one({"group": {"name": "staff"}})

    with CaptureQueriesContext(connection) as logged:
        answer = collection.aggregate(NESTED).to_list()
        logged_answer = connection.get_collection("probe").aggregate(NESTED).to_list()

    connection.database["probe"].drop()
    assert answer == logged_answer == [{"group": {"name": "staff"}}]
    assert len(logged) == 1
