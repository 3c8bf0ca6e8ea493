import json

import pytest

from exercises.importing.files.reading import read_file
from exercises.importing.files.rows import BadFile


def read(data, **options):
    return read_file(json.dumps(data).encode(), **options)


def fields(row):
    return read([{"name": "A", **row}]).rows[0].fields


def test_free_exercise_db_is_recognised_and_what_is_not_kept_is_named():
    row = {
        "id": "Sit-Up",
        "name": "Sit-Up",
        "force": "pull",
        "mechanic": None,
        "level": "beginner",
        "equipment": None,
        "primaryMuscles": ["abdominals"],
        "secondaryMuscles": [],
        "instructions": ["Lie down.", "Sit up."],
        "category": "strength",
        "images": ["0.jpg"],
    }

    found = read([row, row])

    assert (found.layout, found.encoding) == ("free-exercise-db", "utf-8")
    assert found.dropped == {"id": 2, "force": 2, "images": 2}
    assert found.rows[0].fields == {
        "name": "Sit-Up",
        "level": "beginner",
        "equipment": None,
        "primaryMuscles": ["abdominals"],
        "secondaryMuscles": [],
        "description": "Lie down.\nSit up.",
        "category": "strength",
    }


@pytest.mark.parametrize("key", ["exercises", "results", "data"])
def test_an_object_may_hold_the_array(key):
    found = read({"count": 1, "next": None, key: [{"name": "A"}], "version": {"a": [1]}})

    assert [row.fields["name"] for row in found.rows] == ["A"]


def test_a_row_has_the_line_of_its_brace():
    content = b'{"exercises": [\n  {"name":\n "A"}, {"name": "B"},\n\n  7, {\n"name": "C"}]}\n'

    rows = read_file(content).rows

    assert [row.line for row in rows] == [2, 3, 5, 5]
    assert rows[2].fault == "Expected an object."


def test_keys_may_be_in_snake_case():
    assert fields({"primary_muscles": ["a"], "gif_url": "https://x.test/a.gif"}) == {
        "name": "A",
        "primaryMuscles": ["a"],
        "gifUrl": "https://x.test/a.gif",
    }


@pytest.mark.parametrize(
    ("row", "description"),
    [
        ({"steps": ["One.", "Two."]}, "One.\nTwo."),
        ({"steps": [{"order": 1, "text": "One."}, {"order": 2, "text": "Two."}]}, "One.\nTwo."),
        ({"instructions": "<p>One.</p><p>Two.</p>"}, "One.\nTwo."),
        ({"description": "", "instructions": ["One."]}, "One."),
        ({"description": None}, ""),
        ({"steps": [1, 2]}, [1, 2]),
    ],
)
def test_steps_become_the_description(row, description):
    assert fields(row)["description"] == description


def test_a_second_text_is_named_as_dropped():
    found = read([{"name": "A", "description": "Short.", "instructions": ["Long."]}])

    assert found.rows[0].fields["description"] == "Short."
    assert found.dropped == {"instructions": 1}


@pytest.mark.parametrize(
    ("value", "equipment"),
    [
        (["barbell"], "barbell"),
        (["barbell", "bench"], "barbell, bench"),
        ([{"id": 1, "name": "Barbell"}], "Barbell"),
        ([], ""),
        (None, None),
        ([1], [1]),
    ],
)
def test_a_list_of_equipment_becomes_one_text(value, equipment):
    assert fields({"equipment": value})["equipment"] == equipment


@pytest.mark.parametrize("value", ["Brust, Trizeps", ["Brust, Trizeps"], ["Brust", "Trizeps"]])
def test_muscles_in_one_text_are_told_apart(value):
    assert fields({"primaryMuscles": value})["primaryMuscles"] == ["Brust", "Trizeps"]


def test_the_target_counts_before_the_part_of_the_body():
    found = read([{"name": "A", "bodyPart": "waist", "target": "abs"}])

    assert found.rows[0].fields["primaryMuscles"] == ["abs"]
    assert found.dropped == {"bodyPart": 1}


OWN_ID = "5f00000000000000000000ab"
OWN = {
    "id": OWN_ID,
    "name": "'=A",
    "description": "Not <b>bold</b> &amp; so on",
    "gifUrl": "",
    "defaultSets": 3,
    "defaultReps": None,
    "category": None,
    "equipment": "['a', 'b']",
    "level": None,
    "primaryMuscles": ["a, b", "[c"],
    "secondaryMuscles": [],
    "isArchived": False,
    "attribution": None,
    "createdAt": "2026-01-01T00:00:00Z",
    "updatedAt": "2026-01-01T00:00:00Z",
}
SERVER_FIELDS = ("id", "createdAt", "updatedAt")


@pytest.mark.parametrize("exercise_id", [OWN_ID, OWN_ID.upper()])
def test_this_services_own_rows_are_taken_as_they_are(exercise_id):
    found = read([{**OWN, "id": exercise_id}])

    assert found.dropped == {}
    assert str(found.rows[0].exercise_id) == OWN_ID
    assert found.rows[0].fields == {key: OWN[key] for key in OWN if key not in SERVER_FIELDS}


@pytest.mark.parametrize(
    "own",
    [
        {"_id": OWN_ID, "name": "A", "isArchived": False},
        {"id": OWN_ID, "name": "A", "createdAt": "2026-01-01T00:00:00Z"},
        {**OWN, "equipment": ["barbell"]},
    ],
)
def test_the_ids_of_another_service_are_not_taken_for_own_ones(own):
    row = {**own, "description": ["<b>One.</b>", "Two."], "muscles": "Brust, Trizeps"}
    row.pop("primaryMuscles", None)

    found = read([row]).rows[0]

    assert found.exercise_id is None
    assert found.fields["description"] == "One.\nTwo."
    assert found.fields["primaryMuscles"] == ["Brust", "Trizeps"]


def test_an_own_row_whose_id_was_changed_has_a_fault():
    good, added, bad = read([OWN, {"name": "B"}, {**OWN, "id": 7}]).rows

    assert (good.fault, added.fault, added.exercise_id) == (None, None, None)
    assert "id: '7' isn't an id of this service" in bad.fault


def test_half_a_character_is_the_fault_of_its_row_alone():
    good, bad = read_file(rb'[{"name": "\ud83d\ude00"}, {"name": "\ud83d"}]').rows

    assert good.fields["name"] == "😀"
    assert "incomplete" in bad.fault


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b'[\n{"name": "A"},\n{"name": }]', "at line 3: Expecting value"),
        (b'[{"name": "A"}', "at line 1: Expected `]`"),
        (b'{"exercises": [{"name": "A"}]', "at line 1: Expected `}`"),
        (b'[{"name": "A"}]\nmore', "at line 2: Expected the end of the file"),
        (b'[\n\n{"name": NaN}]', "at line 3: NaN is not a value"),
        (b'[{"defaultSets": ' + b"9" * 5_000 + b"}]", "at line 1: Exceeds the limit"),
        (b"[" + b"[" * 100_000, "Nested too deeply"),
        (b'{"name": "A"}', "Expected a JSON array of exercises"),
        (b'[{"colour": "red"}]', "none of its rows has a `name`"),
    ],
)
def test_a_file_that_holds_no_exercises_is_refused(content, message):
    with pytest.raises(BadFile) as caught:
        read_file(content)

    assert message in str(caught.value)
