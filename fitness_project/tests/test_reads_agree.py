"""The fast read, which renders a stored document directly, agrees with the serializer."""

import json
from datetime import UTC, datetime

import pytest
from bson import ObjectId
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exercises.models import Exercise
from exercises.serializers import ExerciseSerializer
from fitness_project.api.http.renderers import dump_json
from fitness_project.documents.order import Order
from history.models import Session
from history.serializers import SessionSerializer
from routines.models import Routine
from routines.serializers import RoutineSerializer

BY_ID = Order(("_id",), (ObjectId,))
object_ids = st.binary(min_size=12, max_size=12).map(ObjectId)
texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=60)
instants = st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1)).map(
    lambda d: d.replace(microsecond=d.microsecond // 1000 * 1000)
)
maybe = st.none() | texts
entries = st.lists(
    st.fixed_dictionaries(
        {
            "exerciseId": object_ids,
            "name": texts,
            "sets": st.integers(1, 100),
            "reps": st.integers(0, 10_000),
            "weight": st.floats(0, 2_000),
        }
    ),
    min_size=1,
    max_size=5,
)
stamps = {"_id": object_ids, "createdAt": instants, "updatedAt": instants}
owned = {**stamps, "userId": object_ids, "exercises": entries, "notes": maybe}

CASES = {
    Exercise: (
        ExerciseSerializer,
        {
            **stamps,
            "name": texts,
            "nameKey": texts,
            "description": st.just("") | texts,
            **dict.fromkeys(("gifUrl", "category", "equipment", "level", "attribution"), maybe),
            "defaultSets": st.none() | st.integers(1, 100),
            "defaultReps": st.none() | st.integers(0, 10_000),
            "primaryMuscles": st.lists(texts, max_size=3),
            "secondaryMuscles": st.lists(texts, max_size=3),
            "isArchived": st.booleans(),
        },
    ),
    Routine: (RoutineSerializer, {**owned, "name": texts}),
    Session: (
        SessionSerializer,
        {
            **owned,
            "date": instants,
            "routineId": st.none() | object_ids,
            "durationSeconds": st.none() | st.integers(0, 604_800),
        },
    ),
}


@pytest.mark.django_db
@pytest.mark.parametrize("model", CASES)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_fast_reads_and_serializer_agree(model, data):
    serializer_class, fields = CASES[model]
    document = data.draw(st.fixed_dictionaries(fields))
    collection = connection.database[model._meta.db_table]
    collection.replace_one({"_id": document["_id"]}, document, upsert=True)

    fast = serializer_class.response(model.objects.documents.get(document["_id"]))
    (row,) = model.objects.documents.where(_id=document["_id"]).fetch(BY_ID, None, 1)
    slow = serializer_class(model.objects.get(pk=document["_id"])).data

    assert dump_json(serializer_class.ready_response(row)) == dump_json(fast)
    assert dump_json(serializer_class.response(row)) == dump_json(fast)

    assert json.loads(dump_json(fast)) == json.loads(dump_json(slow))
    assert list(fast) == list(slow)


@pytest.mark.parametrize("model", CASES)
def test_stored_names_are_json_names(model):
    serializer_class, _ = CASES[model]

    columns = {model._meta.get_field(name).column for name in serializer_class.Meta.fields}

    assert columns - {"_id"} == {name for name, _ in serializer_class.public_fields()} - {"id"}


def test_dates_are_written_in_utc_with_milliseconds():
    value = datetime(2026, 11, 22, 19, 57, tzinfo=UTC)

    assert dump_json(value) == b'"2026-11-22T19:57:00.000Z"'
    assert dump_json(value.replace(tzinfo=None)) == b'"2026-11-22T19:57:00.000Z"'
