"""What the plain reader accepts, it reads exactly as the serializer does."""

import copy

import pytest
from bson import ObjectId
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from rest_framework.serializers import ValidationError

from exercises.serializers import ExerciseSerializer
from exercises.tests.factories import ExerciseFactory
from fitness_project.api.plain import NotPlain
from fitness_project.api.serializers import Input
from history.serializers import NewSessionSerializer, SessionSerializer
from routines.serializers import NewRoutineSerializer, RoutineSerializer

ID = "5f0000000000000000000001"
odd = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 20_000),
    st.floats(),
    st.text(max_size=5),
    st.sampled_from(["", " a", "a\n", "e\u0301", "\x07", "a" * 2001, "\u2028", -0.0, 2000, 100]),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
)


@st.composite
def body(draw, required, optional):
    """A valid body, or, one time in six, a body with one thing wrong."""
    optional = {**optional, "id": st.just(ID), "createdAt": st.just("2026-05-01T10:00:00Z")}
    drawn = draw(st.fixed_dictionaries(required, optional=optional))
    if draw(st.integers(0, 5)) == 3:
        drawn[draw(st.sampled_from([*required, *optional, "colour"]))] = draw(odd)
    return drawn


entry = body(
    {
        "exerciseId": st.just(ID),
        "sets": st.integers(1, 100),
        "reps": st.integers(0, 10_000),
    },
    {
        "name": st.just("Bench Press"),
        "weight": st.floats(-500, 2000) | st.integers(-500, 2000) | st.none(),
    },
)
entries = {"exercises": st.lists(entry, max_size=3)}
nice = st.sampled_from(
    ["Push day", "Bankdrücken", "スクワット", "Tab\tand\nline", "x" * 60, "\u3164\u2800", "a\u202e"]
)
text = st.one_of(nice, nice, nice, st.text(st.characters(codec="utf-8"), max_size=20))
CASES = {
    RoutineSerializer: body({"name": text, **entries}, {"notes": text}),
    SessionSerializer: body(
        {"date": st.sampled_from(["2026-05-01T10:00:00Z", "1970-01-01T00:00:00+01:00"]), **entries},
        {"notes": text, "durationSeconds": st.integers(0, 604_800), "routineId": st.none()},
    ),
    ExerciseSerializer: body(
        {"name": text},
        {
            "description": text,
            "gifUrl": st.just("https://example.com/a.gif"),
            "defaultSets": st.integers(1, 100),
            "primaryMuscles": st.lists(text, max_size=2),
            "isArchived": st.booleans(),
        },
    ),
}


CASES[NewRoutineSerializer] = CASES[RoutineSerializer]
CASES[NewSessionSerializer] = CASES[SessionSerializer]


@pytest.fixture
def _bench_press(db):
    ExerciseFactory(pk=ObjectId(ID), name="Bench Press")


ENTRY = {"exerciseId": ID, "sets": 3, "reps": 8, "weight": 62.5}
ROUTINE = {"name": "Push", "exercises": [ENTRY], "notes": "Slowly."}
SESSION = {"date": "2026-05-01T18:30:00Z", "exercises": [ENTRY], "durationSeconds": 3600}


@pytest.mark.usefixtures("_bench_press")
@pytest.mark.parametrize(
    ("serializer_class", "body"),
    [
        (NewRoutineSerializer, ROUTINE),
        (RoutineSerializer, ROUTINE),
        (NewSessionSerializer, SESSION),
        (SessionSerializer, SESSION),
    ],
)
def test_a_well_formed_body_needs_no_serializer(serializer_class, body):
    taken = serializer_class.plain_reader().read(body, Input(body))

    assert taken.keys() == body.keys()


@pytest.mark.usefixtures("_bench_press")
@pytest.mark.parametrize("serializer_class", CASES)
@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_reader_and_serializer_agree(serializer_class, data):
    sent, partial = data.draw(CASES[serializer_class]), data.draw(st.booleans())
    source = Input(copy.deepcopy(sent), partial=partial)

    try:
        taken = serializer_class.plain_reader().read(source.body, source)
    except (NotPlain, ValidationError):
        event("left to the serializer")
        return

    event("taken")
    by_serializer = serializer_class._read_by_serializer(Input(sent, partial=partial))
    assert repr(taken) == repr(dict(by_serializer))
