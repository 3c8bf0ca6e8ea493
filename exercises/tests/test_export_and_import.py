"""What is exported and read back is the same, whatever the texts hold."""

from dataclasses import replace

import pytest
from bson import ObjectId
from hypothesis import given
from hypothesis import strategies as st
from rest_framework.serializers import ValidationError

from exercises.deletions import delete_exercise
from exercises.exporting import FORMATS
from exercises.importing.applying import apply_rows
from exercises.importing.files.reading import read_file
from exercises.importing.plan import make_plan
from exercises.merging.merge import merge_exercises
from exercises.models import Exercise
from exercises.selection import NAME, Selection
from exercises.serializers import ExerciseSerializer
from exercises.services import change_exercise, create_exercise
from exercises.tests.factories import ExerciseFactory, some_operation
from fitness_project.api.serializers import Input

ODD = [
    *("=1+1", "'=1", "''@x", "- item", "+", "'tis", "''", '"', '"a";b', "a,b", "a;b", "a|b", "a/b"),
    *("[1]", '["a", "b"]', "[", "{}", '{"a": 1}', "a\tb", "a\nb", "\n", "\r\nb", "a\u2028b"),
    *("a\x1fb", "\ufeffa", "\u200b", "sep=;", "name", "1", "1.0", "1e5", "true", "null", "NaN"),
    *("<b>bold</b>", "<p>a</p><p>b</p>", "1 < 2 > 1", "&amp;", "\\n", "\\ud800", "e\u0301", "Ж😀"),
    *("a;=1", "a; '=1", "a\n- b", "a\t@b", ";;''+1", "\t\n-", "a;\u00a0=1"),
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
    st.text(st.sampled_from("'=+-@[];,|/\"<>& \t\r\nab1"), max_size=8),
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
class TestPlan:
    """What importing an export would do."""

    def test_nothing_changes(self, form):
        odd = {"description": "- Lie down;\n= push", "primaryMuscles": ["abs, lower", "Chest"]}
        like = {"category": "STRENGTH", "primaryMuscles": ["chest"], "isArchived": True}
        kept = create(name="Bench Press", **odd)
        merge_exercises(some_operation(), kept, [create(name="bench (flat)", **like)])
        create(name="=Row", **like)

        assert does_nothing(plan_of(export(form)), unchanged=2)

    def test_no_text_changes(self, form):
        for number, text in enumerate(filter(is_label, ODD)):
            create(name=f"{number} {text}", description=text, level=text, primaryMuscles=[text])

        assert does_nothing(plan_of(export(form)), unchanged=Exercise.objects.count())

    def test_spellings_stay_even_if_others_are_more_frequent(self, form):
        for name, word in (("Squat", "legs"), ("ROW", "Legs"), ("press", "Legs"), ("Dip", "LEGS")):
            create(name=name, category=word, equipment=word, level=word, primaryMuscles=[word])

        assert does_nothing(plan_of(export(form)), unchanged=4)

    def test_equal_names_stay(self, form):
        for name in ("Squat", "squat", "Squat"):
            ExerciseFactory(name=name)

        assert does_nothing(plan_of(export(form)), unchanged=3)

    def test_what_was_renamed_or_merged_away_since_is_not_added_again(self, form):
        bench, flat, barbell, squat = map(named, ("Bench Press", "Flat Press", "Barbell", "Squat"))
        content = export(form)
        change_exercise(some_operation(), squat, {"name": "Back Squat"})
        merge_exercises(some_operation(), flat, [barbell])
        merge_exercises(some_operation(), bench, [flat])
        change_exercise(some_operation(), bench, {"name": "Press"})

        plan = plan_of(content)
        foreign = plan_of(without_ids(content))

        assert (plan.new, plan.rejected, plan.unchanged) == ([], [], 2)
        assert [row.exercise_id for row in plan.changed] == [bench, squat]
        assert does_nothing(foreign, unchanged=4)

    def test_names_that_moved_on_move_back(self, form):
        first, second = named("First"), named("Second")
        content = export(form)
        change_exercise(some_operation(), second, {"name": "Third"})
        change_exercise(some_operation(), first, {"name": "Second"})

        outcome = apply_rows(some_operation(), plan_of(content).changed)

        assert outcome.left == []
        assert does_nothing(plan_of(content), unchanged=2)

    def test_what_was_deleted_since_must_be_chosen(self, form):
        kept, merged = named("Bench Press"), named("Flat Press")
        content = export(form)
        merge_exercises(some_operation(), kept, [merged])
        delete_exercise(some_operation(), kept)

        plan = plan_of(content)

        assert [row.document["name"] for row in plan.deleted] == ["Bench Press", "Flat Press"]
        assert (plan.new, plan.suggested()) == (plan.deleted, set())


def named(name):
    return create(name=name)


def export(form):
    return b"".join(FORMATS[form][1](Selection(archived=True).fetch(NAME)))


def plan_of(content):
    rows = content if isinstance(content, list) else read_file(content, known_muscles=MUSCLES).rows
    return make_plan(rows)


def without_ids(content):
    return [replace(row, exercise_id=None) for row in read_file(content).rows]


def does_nothing(plan, unchanged):
    assert (plan.new, plan.changed, plan.rejected) == ([], [], [])
    return plan.unchanged == unchanged


def is_label(text):
    """Whether it is valid everywhere, as it is."""
    body = {"name": f"1 {text}", "description": text, "level": text, "primaryMuscles": [text]}
    try:
        return ExerciseSerializer.read(Input(body)).items() >= body.items()
    except ValidationError:
        return False
