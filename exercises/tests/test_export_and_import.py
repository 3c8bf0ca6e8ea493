"""What is exported and read back is the same, whatever the texts hold."""

import pytest
from bson import ObjectId
from hypothesis import given
from hypothesis import strategies as st
from rest_framework.serializers import ValidationError

from exercises.deletions import delete_exercise
from exercises.exporting import FORMATS
from exercises.importing.files.reading import read_file
from exercises.importing.plan import make_plan
from exercises.merging.merge import merge_exercises
from exercises.selection import NAME, Selection
from exercises.serializers import ExerciseSerializer
from exercises.services import create_exercise
from exercises.tests.factories import some_operation
from fitness_project.api.serializers import Input

ODD = [
    *("=1+1", "'=1", "''@x", "- item", "+", "'tis", "''", '"', '"a";b', "a,b", "a;b", "a|b", "a/b"),
    *("[1]", '["a", "b"]', "[", "{}", '{"a": 1}', "a\tb", "a\nb", "\n", "\r\nb", "a\u2028b"),
    *("a\x1fb", "\ufeffa", "\u200b", "sep=;", "name", "1", "1.0", "1e5", "true", "null", "NaN"),
    *("<b>bold</b>", "<p>a</p><p>b</p>", "1 < 2 > 1", "&amp;", "\\n", "\\ud800", "e\u0301", "Ж😀"),
    *("Brust, Trizeps", "chest and back", "5f0000000000000000000001"),
]
MUSCLES = ["abs, lower", "Chest", "chest"]


def create(**fields):
    document = {**ExerciseSerializer.defaults(), **fields}
    return create_exercise(some_operation(), document)["_id"]


text = st.one_of(
    st.sampled_from(ODD),
    st.lists(st.sampled_from(ODD), min_size=2, max_size=3).map("".join),
    st.text(st.characters(codec="utf-8"), max_size=20),
    st.text(st.sampled_from("'=+-@[];,|/\"<>& \t\nab1"), max_size=8),
)
label = st.none() | text
muscles = st.lists(text, max_size=3)
bodies = st.fixed_dictionaries(
    {"name": text},
    optional={
        "description": text,
        "gifUrl": st.sampled_from(["https://example.com/a.gif", "https://example.com/?a=1,2;3"]),
        "defaultSets": st.none() | st.integers(1, 100),
        "defaultReps": st.none() | st.integers(0, 10_000),
        "category": label,
        "equipment": label,
        "level": label,
        "primaryMuscles": muscles,
        "secondaryMuscles": muscles,
        "isArchived": st.booleans(),
        "attribution": label,
    },
)


@st.composite
def exercise(draw):
    """As it is stored, with those of the texts that the API accepts."""
    body = draw(bodies)
    try:
        valid = ExerciseSerializer.read(Input(body))
    except ValidationError as error:
        accepted = {name: body[name] for name in body if name not in error.detail}
        valid = ExerciseSerializer.read(Input({"name": "Row", **accepted}))
    return {"_id": ObjectId(draw(st.binary(min_size=12, max_size=12))), **valid}


@pytest.mark.parametrize("form", FORMATS)
@given(exercises=st.lists(exercise(), max_size=4))
def test_an_export_is_read_back_without_change(form, exercises):
    _, write = FORMATS[form]

    read = read_file(b"".join(write(exercises)))

    assert [row.fault for row in read.rows] == [None] * len(exercises)
    rows = [
        {"_id": row.exercise_id, **ExerciseSerializer.read(Input(row.fields))} for row in read.rows
    ]
    assert rows == exercises
    assert (read.dropped, read.needs_language) == ({}, False)


@pytest.mark.parametrize("form", FORMATS)
def test_a_document_that_lacks_fields_is_read_back_with_their_defaults(form):
    _, write = FORMATS[form]

    (row,) = read_file(b"".join(write([{"_id": ObjectId(), "name": "Row"}]))).rows

    assert ExerciseSerializer.read(Input(row.fields)) == {
        "name": "Row",
        **ExerciseSerializer.defaults(),
    }


@pytest.mark.django_db
@pytest.mark.parametrize("form", FORMATS)
def test_importing_an_export_changes_nothing(form):
    odd = {"description": "- Lie down;\n= push", "primaryMuscles": ["abs, lower", "Chest"]}
    like = {"category": "STRENGTH", "primaryMuscles": ["chest"], "isArchived": True}
    kept = create(name="Bench Press", **odd)
    merge_exercises(some_operation(), kept, [create(name="bench (flat)", **like)])
    create(name="=Row", **like)
    _, write = FORMATS[form]

    read = read_file(b"".join(write(Selection(archived=True).fetch(NAME))), known_muscles=MUSCLES)
    plan = make_plan(read.rows)

    assert (plan.new, plan.changed, plan.rejected, plan.unchanged) == ([], [], [], 2)


@pytest.mark.django_db
def test_an_export_from_before_a_merge_adds_nothing():
    kept = create(name="Bench Press")
    merged = create(name="Flat Press", level="expert")
    content = b"".join(FORMATS["json"][1](Selection().fetch(NAME)))
    merge_exercises(some_operation(), kept, [merged])

    plan = make_plan(read_file(content).rows)

    assert (plan.new, plan.rejected, plan.suggested()) == ([], [], set())


@pytest.mark.django_db
def test_an_export_from_before_the_kept_one_was_deleted_adds_both():
    kept = create(name="Bench Press")
    merged = create(name="Flat Press")
    content = b"".join(FORMATS["json"][1](Selection().fetch(NAME)))
    merge_exercises(some_operation(), kept, [merged])
    delete_exercise(some_operation(), kept)

    plan = make_plan(read_file(content).rows)

    assert [row.document["name"] for row in plan.new] == ["Bench Press", "Flat Press"]
